# Whose channel it is, and what it is notified of.

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

run "channels" {
  variables {
    access                = "full"
    registered_workspaces = ["T012ABCDEFG"]
    channels = {
      oncall = {
        workspace = "T012ABCDEFG"
        channel   = "C09876Z5YXW"
        name      = "support-oncall"
        notify    = { severity = "high", events = ["case-created", "reply-added"] }
      }
      quiet = { workspace = "T012ABCDEFG", channel = "C01234A5BCD", name = "support-quiet" }
    }
  }

  assert {
    condition     = output.channels == ["T012ABCDEFG_C01234A5BCD", "T012ABCDEFG_C09876Z5YXW"]
    error_message = "Both channels exist."
  }

  assert {
    condition = jsondecode(aws_cloudcontrolapi_resource.channel["T012ABCDEFG_C09876Z5YXW"].desired_state) == {
      TeamId                          = "T012ABCDEFG"
      ChannelId                       = "C09876Z5YXW"
      ChannelName                     = "support-oncall"
      ChannelRoleArn                  = output.role_arn
      NotifyOnCaseSeverity            = "high"
      NotifyOnCreateOrReopenCase      = true
      NotifyOnAddCorrespondenceToCase = true
      NotifyOnResolveCase             = false
    }
    error_message = "#support-oncall has the role, and is notified of new cases and replies of high severity."
  }

  assert {
    condition = jsondecode(aws_cloudcontrolapi_resource.channel["T012ABCDEFG_C01234A5BCD"].desired_state) == {
      TeamId                          = "T012ABCDEFG"
      ChannelId                       = "C01234A5BCD"
      ChannelName                     = "support-quiet"
      ChannelRoleArn                  = output.role_arn
      NotifyOnCaseSeverity            = "none"
      NotifyOnCreateOrReopenCase      = false
      NotifyOnAddCorrespondenceToCase = false
      NotifyOnResolveCase             = false
    }
    error_message = "#support-quiet has the role, and isn't notified."
  }
}

run "another_key_keeps_a_channel_where_it_is" {
  variables {
    access   = "full"
    channels = { people = { workspace = "T012ABCDEFG", channel = "C09876Z5YXW", name = "support-oncall" } }
  }

  assert {
    condition     = output.channels == ["T012ABCDEFG_C09876Z5YXW"]
    error_message = "The channel's address has its IDs, not the key."
  }
}

run "workspaces_and_the_alias" {
  module {
    source = "./modules/support-app-account"
  }

  variables {
    slack_workspaces = ["T012ABCDEFG"]
    account_alias    = "Payments"
  }

  assert {
    condition = jsondecode(aws_cloudcontrolapi_resource.workspace["T012ABCDEFG"].desired_state) == {
      TeamId = "T012ABCDEFG"
    }
    error_message = "The workspace is registered."
  }

  assert {
    condition = jsondecode(aws_cloudcontrolapi_resource.account_alias[0].desired_state) == {
      AccountAlias = "Payments"
    }
    error_message = "People in Slack see the alias."
  }

  assert {
    condition     = output.slack_workspaces == toset(["T012ABCDEFG"])
    error_message = "Channels wait for the workspace."
  }
}
