# What people in a channel can do. `terraform test` needs no AWS here.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::111122223333:role/mocked" }
  }

  mock_resource "aws_iam_policy" {
    defaults = { arn = "arn:aws:iam::111122223333:policy/mocked" }
  }
}

run "read_only" {
  command = plan

  variables {
    access = "read-only"
  }

  assert {
    condition     = join(" ", output.capabilities) == "view-cases"
    error_message = "People can view cases, and nothing else."
  }

  assert {
    condition = toset(data.aws_iam_policy_document.this.statement[0].actions) == toset([
      "support:DescribeCases",
      "support:DescribeCommunications",
    ])
    error_message = "The policy allows exactly these actions."
  }

  assert {
    condition     = length(data.aws_iam_policy_document.this.statement) == 1
    error_message = "The policy allows nothing else."
  }

  assert {
    condition     = output.role_name == "AWSSupportAppReadOnlyRole"
    error_message = "The role has the name in AWS's guide."
  }

  assert {
    condition = [for who in data.aws_iam_policy_document.trust.statement[0].principals : tolist(who.identifiers)] == [
      tolist(["supportapp.amazonaws.com"]),
    ]
    error_message = "Only the Support App may assume the role."
  }

  assert {
    condition     = length(data.aws_iam_policy_document.trust.statement) == 1
    error_message = "Nobody else may assume the role."
  }

  assert {
    condition     = length(data.aws_iam_policy_document.trust.statement[0].condition) == 0
    error_message = "The Support App may assume it without a condition."
  }
}

run "full" {
  command = plan

  variables {
    access = "full"
  }

  assert {
    condition = output.capabilities == [
      "view-cases",
      "create-cases",
      "reply-to-cases",
      "attach-files",
      "resolve-cases",
      "live-chat",
      "request-quota-increases",
    ]
    error_message = "People can do everything."
  }

  assert {
    condition = toset(data.aws_iam_policy_document.this.statement[0].actions) == toset([
      "servicequotas:GetRequestedServiceQuotaChange",
      "servicequotas:GetServiceQuota",
      "servicequotas:RequestServiceQuotaIncrease",
      "support:AddAttachmentsToSet",
      "support:AddCommunicationToCase",
      "support:CreateCase",
      "support:DescribeCases",
      "support:DescribeCommunications",
      "support:DescribeSeverityLevels",
      "support:InitiateChatForCase",
      "support:ResolveCase",
    ])
    error_message = "The policy allows exactly these actions."
  }

  assert {
    condition = (
      tolist(data.aws_iam_policy_document.this.statement[1].actions) == tolist(["iam:CreateServiceLinkedRole"])
      && tolist(tolist(data.aws_iam_policy_document.this.statement[1].condition)[0].values)
      == tolist(["servicequotas.amazonaws.com"])
    )
    error_message = "The Support App may create the Service Quotas role."
  }

  assert {
    condition     = length(data.aws_iam_policy_document.this.statement) == 2
    error_message = "The policy allows nothing else."
  }
}

run "without_everything_that_can_be_left_out" {
  command = plan

  variables {
    access = "full"
    without = [
      "create-cases",
      "reply-to-cases",
      "attach-files",
      "resolve-cases",
      "live-chat",
      "request-quota-increases",
    ]
  }

  assert {
    condition     = join(" ", output.capabilities) == "view-cases"
    error_message = "People can view cases, and nothing else."
  }

  assert {
    condition = length(data.aws_iam_policy_document.this.statement) == 1 && toset(
      data.aws_iam_policy_document.this.statement[0].actions,
    ) == toset(["support:DescribeCases", "support:DescribeCommunications"])
    error_message = "The policy allows exactly these actions."
  }
}

run "an_end_for_everything_and_an_earlier_one" {
  command = plan

  variables {
    access      = "full"
    until       = "2099-12-31"
    without     = ["live-chat", "request-quota-increases"]
    temporarily = { live-chat = "2099-06-30T12:00:00Z" }
  }

  assert {
    condition = [
      for statement in data.aws_iam_policy_document.this.statement :
      [for condition in statement.condition : join(" ", concat([condition.test, condition.variable], condition.values))]
      ] == [
      ["DateLessThan aws:CurrentTime 2100-01-01T00:00:00Z"],
      ["DateLessThan aws:CurrentTime 2099-06-30T12:00:00Z"],
    ]
    error_message = "IAM ends the live chat at noon, and everything else at the end of the last day in UTC."
  }

  assert {
    condition = tolist(data.aws_iam_policy_document.this.statement[1].actions) == tolist([
      "support:InitiateChatForCase",
    ])
    error_message = "Only the live chat ends earlier."
  }

  assert {
    condition = output.capabilities == [
      "view-cases",
      "create-cases",
      "reply-to-cases",
      "attach-files",
      "resolve-cases",
      "live-chat",
    ]
    error_message = "What ends is a capability, too, and what is only left out isn't."
  }
}

run "quota_increases_and_the_live_chat_for_the_same_time" {
  command = plan

  variables {
    access      = "full"
    without     = ["request-quota-increases", "live-chat"]
    temporarily = { request-quota-increases = "2099-12-31", live-chat = "2099-12-31" }
  }

  assert {
    condition = toset(data.aws_iam_policy_document.this.statement[1].actions) == toset([
      "servicequotas:GetRequestedServiceQuotaChange",
      "servicequotas:GetServiceQuota",
      "servicequotas:RequestServiceQuotaIncrease",
      "support:InitiateChatForCase",
    ])
    error_message = "Both end together."
  }

  assert {
    condition = toset(flatten([
      for condition in data.aws_iam_policy_document.this.statement[2].condition : tolist(condition.values)
    ])) == toset(["2100-01-01T00:00:00Z", "servicequotas.amazonaws.com"])
    error_message = "The Support App may create the Service Quotas role, and nothing else, for the same time."
  }
}

run "the_policy_of_aws_for_one_account" {
  command = plan

  variables {
    access         = "read-only"
    policy         = "aws-managed"
    source_account = "111122223333"
  }

  assert {
    condition     = output.policy_arn == "arn:aws:iam::aws:policy/AWSSupportAppReadOnlyAccess"
    error_message = "The role has AWS's policy."
  }

  assert {
    condition     = length(aws_iam_policy.this) == 0
    error_message = "There is no customer managed policy."
  }

  assert {
    condition     = aws_iam_role_policy_attachments_exclusive.this.policy_arns == toset([output.policy_arn])
    error_message = "The role has no other policy."
  }

  assert {
    condition = flatten([
      for condition in data.aws_iam_policy_document.trust.statement[0].condition :
      concat([condition.test, condition.variable], condition.values)
    ]) == ["StringEquals", "aws:SourceAccount", "111122223333"]
    error_message = "The Support App may assume the role on behalf of the account alone."
  }
}

run "a_service_quotas_role_of_the_module" {
  command = plan

  variables {
    access              = "full"
    service_quotas_role = "create"
  }

  assert {
    condition     = length(aws_iam_service_linked_role.service_quotas) == 1
    error_message = "The module creates the role."
  }

  assert {
    condition     = length(data.aws_iam_policy_document.this.statement) == 1
    error_message = "The Support App may not create it."
  }
}

run "a_service_quotas_role_of_somebody_else" {
  command = plan

  variables {
    access              = "full"
    service_quotas_role = "existing"
  }

  assert {
    condition = (
      length(aws_iam_service_linked_role.service_quotas) == 0
      && length(data.aws_iam_policy_document.this.statement) == 1
    )
    error_message = "Neither the module nor the Support App creates the role."
  }
}
