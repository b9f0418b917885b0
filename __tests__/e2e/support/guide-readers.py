"""Makes an organization of forty accounts with what readers of AWS's guide do in them, as it says and otherwise.

It runs the AWS CLI, in one process: each start of the CLI takes longer than what it asks. Arguments: the ID of the management
account, the name of a role that reads each account, and who may assume it; its policy is in READERS_POLICY. Prints JSON: the
IDs of the accounts by their names, and of two units, and the dangers.
"""

import io
import json
import os
import random
import subprocess
import sys
from contextlib import redirect_stdout

try:
    from awscli.clidriver import create_clidriver

    driver = create_clidriver()
except ImportError:  # version 2 isn't a Python package
    driver = None

MANAGEMENT, READER, WHO = sys.argv[1:]


def aws(account, *command, region="us-east-1", query="@", **parameters):
    """Runs a command of the AWS CLI, in whose parameters ACCOUNT stands for the account, and returns what it prints."""
    given = json.dumps(parameters).replace("ACCOUNT", account)
    arguments = [*command, "--cli-input-json", given, "--region", region, "--query", query, "--output", "text"]
    if driver is None:
        environment = {**os.environ, "AWS_ACCESS_KEY_ID": account}
        return subprocess.run(["aws", *arguments], env=environment, check=True, capture_output=True, text=True).stdout
    driver.session.set_credentials(account, "test")
    with redirect_stdout(io.StringIO()) as printed:
        status = driver.main(arguments)
    if status != 0:
        sys.exit(f"aws {' '.join(arguments)} ended with exit status {status}.")
    return printed.getvalue().strip()


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def allow(*actions, **more):
    return {"Effect": "Allow", "Action": actions, "Resource": "*", **more}


def all_but(effect, *actions):
    return {"Effect": effect, "NotAction": actions, "Resource": "*"}


def until(day, *actions):
    return allow(*actions, Condition={"DateLessThan": {"aws:CurrentTime": f"{day}T00:00:00Z"}})


def trusting(principal, action="sts:AssumeRole", **more):
    return {"Effect": "Allow", "Action": action, "Principal": principal, **more}


def service(*names):
    return trusting({"Service": names})


def of_account(account, name="root"):
    return trusting({"AWS": f"arn:aws:iam::{account}:{name}"})


VIEW = ("support:DescribeCases", "support:DescribeCommunications")
CREATE = ("support:CreateCase", "support:DescribeSeverityLevels")
QUOTAS = ("RequestServiceQuotaIncrease", "GetServiceQuota", "GetRequestedServiceQuotaChange")
OTHERS = ("AddCommunicationToCase", "AddAttachmentsToSet", "ResolveCase", "InitiateChatForCase")
ALL = (*VIEW, *CREATE, *(f"support:{name}" for name in OTHERS), *(f"servicequotas:{name}" for name in QUOTAS))
LINK = "iam:CreateServiceLinkedRole"
LINK_QUOTAS = allow(LINK, Condition={"StringEquals": {"iam:AWSServiceName": "servicequotas.amazonaws.com"}})
GUIDE = (allow(*ALL), LINK_QUOTAS)  # the guide's example policy
FULL, READ_ONLY, ADMINISTRATOR = "AWSSupportAppFullAccess", "AWSSupportAppReadOnlyAccess", "AdministratorAccess"
SUPPORT_APP = service("supportapp.amazonaws.com")
ROLE = "AWSSupportAppRole"


def role(name, aws_policies=(), own=(), inline=(), trust=(SUPPORT_APP,), path="/", policy=None, **more):
    """Makes a role, with policies of AWS, one of the account and one in the role, as they are given."""

    def make(account):
        aws(account, "iam", "create-role", RoleName=name, Path=path, AssumeRolePolicyDocument=document(*trust), **more)
        arns = [f"arn:aws:iam::aws:policy/{one}" for one in aws_policies]
        if own:
            created = {"PolicyName": policy or f"{name}Policy", "Path": path, "PolicyDocument": document(*own)}
            created["Tags"] = more.get("Tags", [])
            arns.append(aws(account, "iam", "create-policy", query="Policy.Arn", **created))
        for arn in arns:
            aws(account, "iam", "attach-role-policy", RoleName=name, PolicyArn=arn)
        if inline:
            written = {"PolicyName": "by-hand", "PolicyDocument": document(*inline)}
            aws(account, "iam", "put-role-policy", RoleName=name, **written)

    return make


def stack(name, aws_policy):
    """Makes a role by CloudFormation, which tags it."""
    trust = json.loads(document(SUPPORT_APP))
    arns = [f"arn:aws:iam::aws:policy/{aws_policy}"]
    properties = {"RoleName": name, "AssumeRolePolicyDocument": trust, "ManagedPolicyArns": arns}
    template = json.dumps({"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": properties}}})
    given = {"StackName": "support-app", "TemplateBody": template, "Capabilities": ["CAPABILITY_NAMED_IAM"]}
    return lambda account: aws(account, "cloudformation", "create-stack", **given)


def support_app(kind, region="us-east-1", **properties):
    given = {"TypeName": f"AWS::SupportApp::{kind}", "DesiredState": json.dumps(properties)}
    return lambda account: aws(account, "cloudcontrol", "create-resource", region=region, **given)


def channel(name, role_name=ROLE, region="us-east-1"):
    notify = {"NotifyOnCaseSeverity": "high", "NotifyOnResolveCase": True}
    of = {"TeamId": "T012ABCDEFG", "ChannelId": name, "ChannelName": f"channel-{name.lower()}"}
    arn = f"arn:aws:iam::ACCOUNT:role/{role_name}"
    return support_app("SlackChannelConfiguration", region, ChannelRoleArn=arn, **of, **notify)


def other(*command, **parameters):
    return lambda account: aws(account, *command, **parameters)


def app(*aws_policies, **more):
    """Makes the guide's role, in a channel."""
    return [role(ROLE, aws_policies, **more), channel("C01")]


def also_trusts(statement):
    return {"own": GUIDE, "trust": (SUPPORT_APP, statement)}


BOUNDARY = {"PermissionsBoundary": "arn:aws:iam::ACCOUNT:policy/boundary"}
OF_SOURCE = {"Condition": {"StringEquals": {"aws:SourceAccount": "ACCOUNT"}}}
MORE, OPEN = f"administrators role {ROLE}", f"open-trust role {ROLE}"

# By the account's name: what makes it, and as texts its dangers.
ACCOUNTS = {
    "Management": app(FULL),
    # As the guide says, or with less.
    "Shop": app(own=GUIDE),
    "Later": app(READ_ONLY),
    "Two channels": [*app(FULL), channel("C02")],
    "Two levels": [*app(own=GUIDE), role("Viewers", own=[allow(*VIEW)]), channel("C02", "Viewers")],
    "Service Quotas": [
        other("iam", "create-service-linked-role", AWSServiceName="servicequotas.amazonaws.com"),
        *app(own=[allow(*ALL)]),
    ],
    "Stack": [stack("Support", READ_ONLY), channel("C0SHARED", "Support")],
    "Another stack": [stack("Support", FULL), channel("C0SHARED", "Support")],
    "Shared channel": [role("Support", own=GUIDE), channel("C0SHARED", "Support")],
    "Source account": app(own=GUIDE, trust=[{**SUPPORT_APP, **OF_SOURCE}]),
    "Until 2099": app(own=[until("2099-12-31", *ALL)]),
    "Path and tags": [
        role("on-call", own=[allow(*VIEW)], path="/team/", Tags=[{"Key": "Owner", "Value": "a"}], MaxSessionDuration=7200),
        channel("C01", "team/on-call"),
    ],
    "Inline": app(inline=[allow(*VIEW)]),
    "Boundary": [
        other("iam", "create-policy", PolicyName="boundary", PolicyDocument=document(*GUIDE)),
        *app(ADMINISTRATOR, **BOUNDARY),
    ],
    "All else denied": app(ADMINISTRATOR, inline=[all_but("Deny", *ALL)]),
    "Alias alone": [
        support_app("SlackWorkspaceConfiguration", TeamId="T012ABCDEFG"),
        support_app("AccountAlias", AccountAlias="Alias"),
    ],
    "Other services": [
        role("deployer", [ADMINISTRATOR], trust=[service("codebuild.amazonaws.com")]),
        role("read-only", own=GUIDE, trust=[service("ec2.amazonaws.com")]),
    ],
    "Payments": [],
    "Search": [],
    "Logs": [],
    # More than the guide says.
    "Administrators": [*app(ADMINISTRATOR), MORE],
    "Power users": [*app(FULL, "PowerUserAccess"), MORE],
    "Inline IAM": [*app(own=GUIDE, inline=[allow("iam:*")]), MORE],
    "All but IAM": [*app(own=[all_but("Allow", "iam:*")]), MORE],
    "All of Support": [*app(own=[allow("support:*"), LINK_QUOTAS]), MORE],
    "Bucket": [*app(FULL, inline=[allow("s3:GetObject", Resource="arn:aws:s3:::logs/*")]), MORE],
    "Read the account": [*app(READ_ONLY, "ReadOnlyAccess"), MORE],
    # A copy of the guide shows the policy of the console's widget as the role's.
    "Widget": [*app(own=[allow("supportapp:*", "iam:ListRoles")]), MORE],
    "Any linked role": [*app(own=[allow(*ALL, LINK)]), MORE],
    "Administrators' stack": [stack(ROLE, ADMINISTRATOR), MORE],
    # Others may assume it.
    "Function": [*app(own=GUIDE, trust=[service("supportapp.amazonaws.com", "lambda.amazonaws.com")]), OPEN],
    "Own account": [*app(**also_trusts(of_account("ACCOUNT"))), OPEN],
    "Agency": [
        *app(**also_trusts(of_account("111122223333"))),
        role("old-agency", **also_trusts(of_account("444455556666", "role/them"))),
        *[OPEN, "open-trust role old-agency", "no-channel role old-agency"],
    ],
    "Anybody": [*app(**also_trusts(trusting("*"))), OPEN],
    "Single sign-on": [
        *app(**also_trusts(trusting({"Federated": "arn:aws:iam::ACCOUNT:saml-provider/a"}, "sts:AssumeRoleWithSAML"))),
        OPEN,
    ],
    # Names, channels and ends that mislead.
    "Misnamed": [
        role("support-read-only", [FULL]),
        channel("C01", "support-read-only"),
        role("Viewers", own=[allow(*VIEW, *CREATE)], policy="SupportReadOnlyPolicy"),
        channel("C02", "Viewers"),
        *[f"writes-as-read-only role {name}" for name in ("support-read-only", "Viewers")],
    ],
    "Gone": [
        *app(own=GUIDE),
        role("gone"),
        channel("C02", "gone"),
        other("iam", "delete-role", RoleName="gone"),
        role("function", own=GUIDE, trust=[service("lambda.amazonaws.com")]),
        channel("C03", "function"),
        channel("C04", f"team/{ROLE}"),
        *[f"missing-role channel T012ABCDEFG {name}" for name in ("C02", "C03", "C04")],
    ],
    "Many regions": [
        *app(FULL),
        *[channel("C02", region=region) for region in ("us-east-1", "eu-west-1", "us-west-2")],
        *[channel("C03", region=region) for region in ("us-east-1", "eu-west-1")],
        *[f"configured-twice channel T012ABCDEFG {name}" for name in ("C02", "C03")],
    ],
    "Many tries": [
        *app(own=GUIDE),
        role("first-try", [FULL]),
        role("second-try", own=[allow(*VIEW)]),
        *[f"no-channel role {name}" for name in ("first-try", "second-try")],
    ],
    "Ended": [
        *app(own=[allow(*VIEW), until("2024-01-01", *CREATE)]),
        role("audit-2023", own=[until("2024-01-01", *ALL)]),
        role("incident", [READ_ONLY], inline=[until("2025-06-01", "support:ResolveCase")]),
        channel("C02", "incident"),
        *[f"ended role {ROLE}", "ended role audit-2023", "no-channel role audit-2023", "ended role incident"],
    ],
}


def organizations(operation, query, **parameters):
    return aws(MANAGEMENT, "organizations", operation, query=query, **parameters)


def create_unit(name, parent):
    return organizations("create-organizational-unit", "OrganizationalUnit.Id", Name=name, ParentId=parent)


def create_account(name, unit, **more):
    email = f"{random.randrange(10**12)}@example.com"
    account = organizations("create-account", "CreateAccountStatus.AccountId", AccountName=name, Email=email, **more)
    if unit is not None:
        organizations("move-account", "@", AccountId=account, SourceParentId=root, DestinationParentId=unit)
    return account


root = organizations("list-roots", "Roots[0].Id")
outer = create_unit("outer", root)
inner = create_unit("inner", outer)
PLACES = {"Payments": inner, "Search": outer}
TAGS = {"Payments": [{"Key": "Team", "Value": "payments"}]}
ids = {name: create_account(name, PLACES.get(name), Tags=TAGS.get(name, [])) for name in ACCOUNTS if name != "Management"}
ids["Management"] = MANAGEMENT
reader = role(READER, trust=[trusting({"AWS": WHO})], inline=json.loads(os.environ["READERS_POLICY"])["Statement"])
for name, has in ACCOUNTS.items():
    for make in [reader, *has]:
        if callable(make):
            make(ids[name])
dangers = [f"{name}: {one}" for name, has in ACCOUNTS.items() for one in has if isinstance(one, str)]
print(json.dumps({"ids": ids, "inner": inner, "outer": outer, "dangers": dangers}))
