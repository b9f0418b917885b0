# What a plan refuses. Each sentence is in the variable's validation or the role's precondition.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
}

variables {
  access = "full"
}

run "a_wrong_value_of_each_argument" {
  command = plan
  expect_failures = [
    var.channels,
    var.without,
    var.until,
    var.temporarily,
    var.policy,
    var.service_quotas_role,
    var.role_name,
    var.policy_name,
    var.path,
    var.description,
    var.policy_description,
    var.permissions_boundary,
    var.source_account,
    var.max_session_duration,
    var.tags,
  ]

  variables {
    channels             = { a = { workspace = "acme", channel = "C09876Z5YXW", name = "a" } }
    without              = ["resolve-case"]
    until                = "2026-02-30"
    temporarily          = { live-chat = "soon" }
    policy               = "ours"
    service_quotas_role  = "adopt"
    role_name            = "a b"
    policy_name          = "a b"
    path                 = "slack"
    description          = ""
    policy_description   = "a\nb"
    permissions_boundary = "boundary"
    source_account       = "11112222333"
    max_session_duration = 60
    tags                 = { "aws:a" = "b" }
  }
}

run "a_level_that_is_unknown" {
  command         = plan
  expect_failures = [var.access]

  variables {
    access = "readonly"
  }
}

run "view_cases_left_out" {
  command         = plan
  expect_failures = [var.without]

  variables {
    without = ["view-cases"]
  }
}

run "a_time_in_another_zone" {
  command         = plan
  expect_failures = [var.until]

  variables {
    until = "2026-12-31T17:00:00+01:00"
  }
}

run "a_tag_with_a_sign_that_iam_refuses" {
  command         = plan
  expect_failures = [var.tags]

  variables {
    tags = { a = "<" }
  }
}

run "tags_that_differ_in_case" {
  command         = plan
  expect_failures = [var.tags]

  variables {
    tags = { a = "1", A = "2" }
  }
}

run "more_tags_than_iam_takes" {
  command         = plan
  expect_failures = [var.tags]

  variables {
    tags = { for number in range(51) : "k${number}" => "v" }
  }
}

run "a_channel_by_its_name" {
  command         = plan
  expect_failures = [var.channels]

  variables {
    channels = { a = { workspace = "T012ABCDEFG", channel = "a", name = "a" } }
  }
}

run "a_name_with_the_hash" {
  command         = plan
  expect_failures = [var.channels]

  variables {
    channels = { a = { workspace = "T012ABCDEFG", channel = "C09876Z5YXW", name = "#a" } }
  }
}

run "a_severity_that_is_unknown" {
  command         = plan
  expect_failures = [var.channels]

  variables {
    channels = {
      a = { workspace = "T012ABCDEFG", channel = "C09876Z5YXW", name = "a", notify = { severity = "low" } }
    }
  }
}

run "an_event_that_is_unknown" {
  command         = plan
  expect_failures = [var.channels]

  variables {
    channels = {
      a = {
        workspace = "T012ABCDEFG"
        channel   = "C09876Z5YXW"
        name      = "a"
        notify    = { severity = "high", events = ["case-reopened"] }
      }
    }
  }
}

run "an_event_twice" {
  command         = plan
  expect_failures = [var.channels]

  variables {
    channels = {
      a = {
        workspace = "T012ABCDEFG"
        channel   = "C09876Z5YXW"
        name      = "a"
        notify    = { severity = "high", events = ["case-created", "case-created"] }
      }
    }
  }
}

run "a_severity_without_an_event" {
  command         = plan
  expect_failures = [var.channels]

  variables {
    channels = {
      a = { workspace = "T012ABCDEFG", channel = "C09876Z5YXW", name = "a", notify = { severity = "high" } }
    }
  }
}

run "an_event_of_no_severity" {
  command         = plan
  expect_failures = [var.channels]

  variables {
    channels = {
      a = {
        workspace = "T012ABCDEFG"
        channel   = "C09876Z5YXW"
        name      = "a"
        notify    = { severity = "none", events = ["case-created"] }
      }
    }
  }
}

run "a_channel_twice" {
  command         = plan
  expect_failures = [var.channels]

  variables {
    channels = {
      a = { workspace = "T012ABCDEFG", channel = "C09876Z5YXW", name = "a" }
      b = { workspace = "T012ABCDEFG", channel = "C09876Z5YXW", name = "b" }
    }
  }
}

run "more_channels_than_aws_takes" {
  command         = plan
  expect_failures = [var.channels]

  variables {
    channels = {
      for number in range(21) :
      "c${number}" => { workspace = "T012ABCDEFG", channel = "C${number}", name = "a" }
    }
  }
}

run "a_limit_in_a_channel" {
  command         = plan
  expect_failures = [var.channels]

  variables {
    channels = {
      a = { workspace = "T012ABCDEFG", channel = "C09876Z5YXW", name = "a", until = "2026-12-31" }
    }
  }
}

run "a_severity_that_is_null" {
  command         = plan
  expect_failures = [var.channels]

  variables {
    channels = {
      a = { workspace = "T012ABCDEFG", channel = "C09876Z5YXW", name = "a", notify = { severity = null } }
    }
  }
}

run "what_is_left_out_is_null" {
  command         = plan
  expect_failures = [var.without]

  variables {
    without = null
  }
}

run "a_temporary_capability_that_is_mistyped" {
  command         = plan
  expect_failures = [var.temporarily]

  variables {
    without     = ["live-chat"]
    temporarily = { Live-Chat = "2026-12-31" }
  }
}

run "more_workspaces_than_aws_takes" {
  command         = plan
  expect_failures = [output.channels, check.channel]

  variables {
    registered_workspaces = ["T1", "T2", "T3", "T4", "T5"]
    channels              = { a = { workspace = "T6", channel = "C09876Z5YXW", name = "a" } }
  }
}

run "read_only_without_something" {
  command         = plan
  expect_failures = [data.aws_iam_policy_document.this]

  variables {
    access  = "read-only"
    without = ["live-chat"]
  }
}

run "read_only_with_a_service_quotas_role" {
  command         = plan
  expect_failures = [data.aws_iam_policy_document.this]

  variables {
    access              = "read-only"
    service_quotas_role = "existing"
  }
}

run "a_service_quotas_role_that_nobody_needs" {
  command         = plan
  expect_failures = [data.aws_iam_policy_document.this]

  variables {
    without             = ["request-quota-increases"]
    service_quotas_role = "create"
  }
}

run "a_narrowed_policy_of_aws" {
  command         = plan
  expect_failures = [data.aws_iam_policy_document.this]

  variables {
    policy  = "aws-managed"
    without = ["resolve-cases"]
  }
}

run "a_policy_of_aws_with_an_end" {
  command         = plan
  expect_failures = [data.aws_iam_policy_document.this]

  variables {
    policy = "aws-managed"
    until  = "2026-12-31"
  }
}

run "a_policy_of_aws_with_a_name" {
  command         = plan
  expect_failures = [data.aws_iam_policy_document.this]

  variables {
    policy      = "aws-managed"
    policy_name = "ours"
  }
}

run "a_temporary_capability_that_has_no_end" {
  command         = plan
  expect_failures = [data.aws_iam_policy_document.this]

  variables {
    temporarily = { live-chat = "2026-12-31" }
  }
}

run "a_temporary_capability_that_ends_with_everything" {
  command         = plan
  expect_failures = [data.aws_iam_policy_document.this]

  variables {
    until       = "2026-12-31"
    without     = ["live-chat"]
    temporarily = { live-chat = "2026-12-31" }
  }
}

run "an_alias_that_aws_refuses_and_a_workspace_by_its_name" {
  command         = plan
  expect_failures = [var.account_alias, var.slack_workspaces]

  module {
    source = "./modules/support-app-account"
  }

  variables {
    account_alias    = "Payments!"
    slack_workspaces = ["acme"]
  }
}

run "more_workspaces_to_register_than_aws_takes" {
  command         = plan
  expect_failures = [var.slack_workspaces]

  module {
    source = "./modules/support-app-account"
  }

  variables {
    slack_workspaces = ["T1", "T2", "T3", "T4", "T5", "T6"]
  }
}
