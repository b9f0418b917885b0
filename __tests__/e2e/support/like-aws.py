"""Starts MiniStack and has it name things as AWS does.

A channel is WORKSPACE|CHANNEL, a workspace its ID, and an alias has an ID of AWS's; an account has each once, and one alias.
A second creation of a channel learns that from its request's status. The Service Quotas role has a capital Q. AWS's policies
for the Support App exist. Each request and each answer is checked against AWS's models.
"""

import json
from pathlib import Path

from aws_models import CheckedAgainstModels
from ministack import app
from ministack.core.responses import get_account_id
from ministack.services import cloudcontrol, iam

ALIAS = "AWS::SupportApp::AccountAlias"
CHANNEL = "AWS::SupportApp::SlackChannelConfiguration"
ROLE = "AWSServiceRoleForServiceQuotas"


def identifier(properties):
    if "ChannelId" in properties:
        return f"{properties['TeamId']}|{properties['ChannelId']}"
    return properties.get("TeamId") or properties.get("AccountAliasResourceId") or generic_identifier(properties)


def create_resource(data):
    if data.get("TypeName") == ALIAS:
        alias = {**json.loads(data["DesiredState"]), "AccountAliasResourceId": f"account-alias-of-{get_account_id()}"}
        data = {**data, "DesiredState": json.dumps(alias)}
    answer = create(data)
    if answer[0] == 200 or data.get("TypeName") != CHANNEL:
        return answer
    name = identifier(json.loads(data["DesiredState"]))
    failed = cloudcontrol._progress_event(
        "CREATE",
        "FAILED",
        type_name=CHANNEL,
        identifier=name,
        status_message=f"Resource with identifier '{name}' already exists.",
        error_code="AlreadyExists",
    )
    cloudcontrol._record_request(failed)
    pending = {**failed, "OperationStatus": "IN_PROGRESS"}
    del pending["StatusMessage"], pending["ErrorCode"]
    return cloudcontrol.json_response({"ProgressEvent": pending})


def create_service_linked_role(parameters):
    if ROLE in iam._roles:
        taken = f"Service role name {ROLE} has been taken in this account, please try a different suffix."
        return iam._error(400, "InvalidInput", taken, ns="iam")
    status, headers, body = create_role(parameters)
    small = ROLE.replace("Quotas", "quotas")
    role = iam._roles.pop(small)
    iam._roles[ROLE] = {**role, "RoleName": ROLE, "Arn": role["Arn"].replace(small, ROLE)}
    return status, headers, body.replace(small.encode(), ROLE.encode())


generic_identifier, cloudcontrol._extract_identifier = cloudcontrol._extract_identifier, identifier
create, cloudcontrol._create_resource = cloudcontrol._create_resource, create_resource
ACTIONS = next(all for all in vars(iam).values() if isinstance(all, dict) and "CreateServiceLinkedRole" in all)
create_role, ACTIONS["CreateServiceLinkedRole"] = ACTIONS["CreateServiceLinkedRole"], create_service_linked_role
for file in (Path(__file__).resolve().parents[3] / "cli/iam/aws-managed-policies").glob("*.json"):
    policy = iam._make_aws_managed_record(file.stem, file.read_text())
    iam._aws_managed_policies[policy["Arn"]] = policy
app.app = CheckedAgainstModels(app.app)
app.main()
