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

run "workspaces_and_the_alias" {
  command = apply

  variables {
    read_only = {
      channels = {
        watch = {
          workspace = "T012ABCDEFG"
          channel   = "C01234A5BCD"
          name      = "support-watch"
        }
      }
    }
    slack_workspaces = ["T012ABCDEFG"]
    account_alias    = "Payments"
  }

  assert {
    condition     = output.full_role_arn == null
    error_message = "The account has no full access."
  }
}

run "channels_of_both_levels" {
  command = apply

  variables {
    read_only = {
      channels = {
        watch = {
          workspace = "T012ABCDEFG"
          channel   = "C01234A5BCD"
          name      = "support-watch"
        }
      }
    }
    full = {
      channels = {
        oncall = {
          workspace = "T012ABCDEFG"
          channel   = "C09876Z5YXW"
          name      = "support-oncall"
          notify = {
            severity = "high"
            events   = ["case-created"]
          }
        }
      }
    }
  }

  assert {
    condition     = jsonencode(output.channels) == jsonencode(["T012ABCDEFG_C01234A5BCD", "T012ABCDEFG_C09876Z5YXW"])
    error_message = "Both channels exist."
  }

  assert {
    condition     = jsondecode(aws_cloudcontrolapi_resource.channel["T012ABCDEFG_C01234A5BCD"].desired_state).ChannelRoleArn == output.read_only_role_arn
    error_message = "#support-watch has the read-only role."
  }

  assert {
    condition     = jsondecode(aws_cloudcontrolapi_resource.channel["T012ABCDEFG_C09876Z5YXW"].desired_state).ChannelRoleArn == output.full_role_arn
    error_message = "#support-oncall has the full role."
  }

  assert {
    condition     = jsonencode(jsondecode(aws_cloudcontrolapi_resource.channel["T012ABCDEFG_C01234A5BCD"].desired_state).NotifyOnCaseSeverity) == jsonencode("none")
    error_message = "#support-watch isn't notified."
  }

  assert {
    condition     = jsonencode(jsondecode(aws_cloudcontrolapi_resource.channel["T012ABCDEFG_C09876Z5YXW"].desired_state).NotifyOnCaseSeverity) == jsonencode("high")
    error_message = "#support-oncall is notified of severe cases."
  }

  assert {
    condition     = jsonencode(jsondecode(aws_cloudcontrolapi_resource.channel["T012ABCDEFG_C09876Z5YXW"].desired_state).NotifyOnCreateOrReopenCase) == jsonencode(true)
    error_message = "#support-oncall is notified of new cases."
  }

  assert {
    condition     = jsonencode(jsondecode(aws_cloudcontrolapi_resource.channel["T012ABCDEFG_C09876Z5YXW"].desired_state).NotifyOnResolveCase) == jsonencode(false)
    error_message = "#support-oncall isn't notified of resolved cases."
  }
}

run "another_key_and_level_keep_a_channel_where_it_is" {
  command = apply

  variables {
    read_only = {
      channels = {
        people = {
          workspace = "T012ABCDEFG"
          channel   = "C09876Z5YXW"
          name      = "support-oncall"
        }
      }
    }
    full = {}
  }

  assert {
    condition     = jsondecode(aws_cloudcontrolapi_resource.channel["T012ABCDEFG_C09876Z5YXW"].desired_state).ChannelRoleArn == output.read_only_role_arn
    error_message = "#support-oncall has the read-only role."
  }
}

run "a_level_by_itself" {
  command = apply

  module {
    source = "./modules/support-app-read-only"
  }

  variables {
    channels = {
      watch = {
        workspace = "T012ABCDEFG"
        channel   = "C01234A5BCD"
        name      = "support-watch"
      }
    }
    registered_workspaces = ["T012ABCDEFG"]
  }

  assert {
    condition     = jsondecode(aws_cloudcontrolapi_resource.channel["T012ABCDEFG_C01234A5BCD"].desired_state).ChannelRoleArn == output.role_arn
    error_message = "#support-watch has the role."
  }
}
