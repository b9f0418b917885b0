mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = {
      json          = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
      minified_json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}"
    }
  }

  mock_resource "aws_iam_role" {
    defaults = {
      arn = "arn:aws:iam::111122223333:role/mocked"
    }
  }

  mock_resource "aws_iam_policy" {
    defaults = {
      arn = "arn:aws:iam::111122223333:policy/mocked"
    }
  }
}

run "read_only_by_default" {
  command = plan

  module {
    source = "./modules/support-app-read-only"
  }

  variables {}

  assert {
    condition     = jsonencode(output.capabilities) == jsonencode(["view-cases"])
    error_message = "People have the capabilities of read-only."
  }

  assert {
    condition     = jsonencode(sort(tolist(data.aws_iam_policy_document.read_only.statement[0].actions))) == jsonencode(["support:DescribeCases", "support:DescribeCommunications"])
    error_message = "The policy allows exactly these actions."
  }

  assert {
    condition     = length(data.aws_iam_policy_document.read_only_trust.statement) == 1 && jsonencode(flatten([for statement in data.aws_iam_policy_document.read_only_trust.statement : [for one in statement.principals : tolist(one.identifiers)]])) == jsonencode(["supportapp.amazonaws.com"]) && jsonencode(flatten([for statement in data.aws_iam_policy_document.read_only_trust.statement : [for one in statement.condition : tolist(one.values)]])) == jsonencode([])
    error_message = "Only the Support App may assume the role."
  }
}

run "full_by_default" {
  command = plan

  module {
    source = "./modules/support-app-full"
  }

  variables {}

  assert {
    condition     = jsonencode(output.capabilities) == jsonencode(["view-cases", "create-cases", "reply-to-cases", "attach-files", "resolve-cases", "live-chat", "request-quota-increases"])
    error_message = "People have the capabilities of full."
  }

  assert {
    condition     = jsonencode(sort(tolist(data.aws_iam_policy_document.full.statement[0].actions))) == jsonencode(["servicequotas:GetRequestedServiceQuotaChange", "servicequotas:GetServiceQuota", "servicequotas:RequestServiceQuotaIncrease", "support:AddAttachmentsToSet", "support:AddCommunicationToCase", "support:CreateCase", "support:DescribeCases", "support:DescribeCommunications", "support:DescribeSeverityLevels", "support:InitiateChatForCase", "support:ResolveCase"])
    error_message = "The policy allows exactly these actions."
  }

  assert {
    condition     = length(data.aws_iam_policy_document.full_trust.statement) == 1 && jsonencode(flatten([for statement in data.aws_iam_policy_document.full_trust.statement : [for one in statement.principals : tolist(one.identifiers)]])) == jsonencode(["supportapp.amazonaws.com"]) && jsonencode(flatten([for statement in data.aws_iam_policy_document.full_trust.statement : [for one in statement.condition : tolist(one.values)]])) == jsonencode([])
    error_message = "Only the Support App may assume the role."
  }
}

run "full_without_resolve_cases" {
  command = plan

  module {
    source = "./modules/support-app-full"
  }

  variables {
    resolve_cases = false
  }

  assert {
    condition     = jsonencode(output.capabilities) == jsonencode(["view-cases", "create-cases", "reply-to-cases", "attach-files", "live-chat", "request-quota-increases"])
    error_message = "People can do everything but resolve-cases."
  }

  assert {
    condition     = jsonencode(sort(tolist(data.aws_iam_policy_document.full.statement[0].actions))) == jsonencode(["servicequotas:GetRequestedServiceQuotaChange", "servicequotas:GetServiceQuota", "servicequotas:RequestServiceQuotaIncrease", "support:AddAttachmentsToSet", "support:AddCommunicationToCase", "support:CreateCase", "support:DescribeCases", "support:DescribeCommunications", "support:DescribeSeverityLevels", "support:InitiateChatForCase"])
    error_message = "The policy allows exactly these actions."
  }
}

run "full_without_everything_else" {
  command = plan

  module {
    source = "./modules/support-app-full"
  }

  variables {
    create_cases            = false
    reply_to_cases          = false
    attach_files            = false
    resolve_cases           = false
    live_chat               = false
    request_quota_increases = false
  }

  assert {
    condition     = jsonencode(output.capabilities) == jsonencode(["view-cases"])
    error_message = "People can do everything but create-cases, reply-to-cases, attach-files, resolve-cases, live-chat, request-quota-increases."
  }

  assert {
    condition     = jsonencode(sort(tolist(data.aws_iam_policy_document.full.statement[0].actions))) == jsonencode(["support:DescribeCases", "support:DescribeCommunications"])
    error_message = "The policy allows exactly these actions."
  }
}

run "aws_managed_and_for_one_account" {
  command = plan

  module {
    source = "./modules/support-app-read-only"
  }

  variables {
    policy         = "aws-managed"
    source_account = "111122223333"
  }

  assert {
    condition     = jsonencode(output.policy_arn) == jsonencode("arn:aws:iam::aws:policy/AWSSupportAppReadOnlyAccess")
    error_message = "The role has AWS's policy."
  }

  assert {
    condition     = length(aws_iam_policy.read_only) == 0
    error_message = "There is no customer managed policy."
  }

  assert {
    condition     = length(data.aws_iam_policy_document.read_only_trust.statement) == 1 && jsonencode(flatten([for statement in data.aws_iam_policy_document.read_only_trust.statement : [for one in statement.principals : tolist(one.identifiers)]])) == jsonencode(["supportapp.amazonaws.com"]) && jsonencode(flatten([for statement in data.aws_iam_policy_document.read_only_trust.statement : [for one in statement.condition : tolist(one.values)]])) == jsonencode(["111122223333"])
    error_message = "Only the Support App may assume the role, on behalf of the account."
  }
}
