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

run "misspelled_inputs" {
  command = plan
  expect_failures = [
    var.read_only,
    var.full,
  ]

  variables {
    read_only = {
      rolename = "watch"
    }
    full = {
      resolve_case = false
    }
  }
}

run "a_capability_that_is_null" {
  command         = plan
  expect_failures = [var.full]

  variables {
    full = {
      resolve_cases = null
    }
  }
}

run "no_objects" {
  command = plan
  expect_failures = [
    var.read_only,
    var.full,
  ]

  variables {
    read_only = "yes"
    full = {
      channels = "C09876Z5YXW"
    }
  }
}

run "a_misspelled_notify_and_a_name_with_the_hash" {
  command = plan
  expect_failures = [
    var.read_only,
    var.full,
  ]

  variables {
    read_only = {
      channels = {
        watch = {
          workspace = "T012ABCDEFG"
          channel   = "C01234A5BCD"
          name      = "support-watch"
          notfy = {
            severity = "high"
            events   = ["case-created"]
          }
        }
      }
    }
    full = {
      channels = {
        oncall = {
          workspace = "T012ABCDEFG"
          channel   = "C09876Z5YXW"
          name      = "#support-oncall"
        }
      }
    }
  }
}

run "names_for_ids" {
  command = plan
  expect_failures = [
    var.read_only,
    var.full,
  ]

  variables {
    read_only = {
      channels = {
        watch = {
          workspace = "acme"
          channel   = "C01234A5BCD"
          name      = "support-watch"
        }
      }
    }
    full = {
      channels = {
        oncall = {
          workspace = "T012ABCDEFG"
          channel   = "support-oncall"
          name      = "support-oncall"
        }
      }
    }
  }
}

run "no_severity_and_no_event" {
  command = plan
  expect_failures = [
    var.read_only,
    var.full,
  ]

  variables {
    read_only = {
      channels = {
        watch = {
          workspace = "T012ABCDEFG"
          channel   = "C01234A5BCD"
          name      = "support-watch"
          notify = {
            severity = "low"
            events   = ["case-created"]
          }
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
            on       = ["case-reopened"]
          }
        }
      }
    }
  }
}

run "high_without_an_event_and_none_with_one" {
  command = plan
  expect_failures = [
    var.read_only,
    var.full,
  ]

  variables {
    read_only = {
      channels = {
        watch = {
          workspace = "T012ABCDEFG"
          channel   = "C01234A5BCD"
          name      = "support-watch"
          notify = {
            severity = "high"
          }
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
            severity = "none"
            events   = ["case-created"]
          }
        }
      }
    }
  }
}

run "an_event_twice_and_a_channel_twice" {
  command = plan
  expect_failures = [
    var.read_only,
    var.full,
  ]

  variables {
    read_only = {
      channels = {
        watch = {
          workspace = "T012ABCDEFG"
          channel   = "C01234A5BCD"
          name      = "support-watch"
          notify = {
            severity = "high"
            events = [
              "case-created",
              "case-created",
            ]
          }
        }
      }
    }
    full = {
      channels = {
        a = {
          workspace = "T012ABCDEFG"
          channel   = "C09876Z5YXW"
          name      = "support-oncall"
        }
        b = {
          workspace = "T012ABCDEFG"
          channel   = "C09876Z5YXW"
          name      = "other"
        }
      }
    }
  }
}

run "too_many_channels" {
  command = plan
  expect_failures = [
    var.read_only,
    var.full,
  ]

  variables {
    read_only = {
      channels = {
        c0 = {
          workspace = "T012ABCDEFG"
          channel   = "C00"
          name      = "support-oncall"
        }
        c1 = {
          workspace = "T012ABCDEFG"
          channel   = "C01"
          name      = "support-oncall"
        }
        c2 = {
          workspace = "T012ABCDEFG"
          channel   = "C02"
          name      = "support-oncall"
        }
        c3 = {
          workspace = "T012ABCDEFG"
          channel   = "C03"
          name      = "support-oncall"
        }
        c4 = {
          workspace = "T012ABCDEFG"
          channel   = "C04"
          name      = "support-oncall"
        }
        c5 = {
          workspace = "T012ABCDEFG"
          channel   = "C05"
          name      = "support-oncall"
        }
        c6 = {
          workspace = "T012ABCDEFG"
          channel   = "C06"
          name      = "support-oncall"
        }
        c7 = {
          workspace = "T012ABCDEFG"
          channel   = "C07"
          name      = "support-oncall"
        }
        c8 = {
          workspace = "T012ABCDEFG"
          channel   = "C08"
          name      = "support-oncall"
        }
        c9 = {
          workspace = "T012ABCDEFG"
          channel   = "C09"
          name      = "support-oncall"
        }
        c10 = {
          workspace = "T012ABCDEFG"
          channel   = "C010"
          name      = "support-oncall"
        }
        c11 = {
          workspace = "T012ABCDEFG"
          channel   = "C011"
          name      = "support-oncall"
        }
        c12 = {
          workspace = "T012ABCDEFG"
          channel   = "C012"
          name      = "support-oncall"
        }
        c13 = {
          workspace = "T012ABCDEFG"
          channel   = "C013"
          name      = "support-oncall"
        }
        c14 = {
          workspace = "T012ABCDEFG"
          channel   = "C014"
          name      = "support-oncall"
        }
        c15 = {
          workspace = "T012ABCDEFG"
          channel   = "C015"
          name      = "support-oncall"
        }
        c16 = {
          workspace = "T012ABCDEFG"
          channel   = "C016"
          name      = "support-oncall"
        }
        c17 = {
          workspace = "T012ABCDEFG"
          channel   = "C017"
          name      = "support-oncall"
        }
        c18 = {
          workspace = "T012ABCDEFG"
          channel   = "C018"
          name      = "support-oncall"
        }
        c19 = {
          workspace = "T012ABCDEFG"
          channel   = "C019"
          name      = "support-oncall"
        }
        c20 = {
          workspace = "T012ABCDEFG"
          channel   = "C020"
          name      = "support-oncall"
        }
      }
    }
    full = {
      channels = {
        c0 = {
          workspace = "T012ABCDEFG"
          channel   = "C00"
          name      = "support-oncall"
        }
        c1 = {
          workspace = "T012ABCDEFG"
          channel   = "C01"
          name      = "support-oncall"
        }
        c2 = {
          workspace = "T012ABCDEFG"
          channel   = "C02"
          name      = "support-oncall"
        }
        c3 = {
          workspace = "T012ABCDEFG"
          channel   = "C03"
          name      = "support-oncall"
        }
        c4 = {
          workspace = "T012ABCDEFG"
          channel   = "C04"
          name      = "support-oncall"
        }
        c5 = {
          workspace = "T012ABCDEFG"
          channel   = "C05"
          name      = "support-oncall"
        }
        c6 = {
          workspace = "T012ABCDEFG"
          channel   = "C06"
          name      = "support-oncall"
        }
        c7 = {
          workspace = "T012ABCDEFG"
          channel   = "C07"
          name      = "support-oncall"
        }
        c8 = {
          workspace = "T012ABCDEFG"
          channel   = "C08"
          name      = "support-oncall"
        }
        c9 = {
          workspace = "T012ABCDEFG"
          channel   = "C09"
          name      = "support-oncall"
        }
        c10 = {
          workspace = "T012ABCDEFG"
          channel   = "C010"
          name      = "support-oncall"
        }
        c11 = {
          workspace = "T012ABCDEFG"
          channel   = "C011"
          name      = "support-oncall"
        }
        c12 = {
          workspace = "T012ABCDEFG"
          channel   = "C012"
          name      = "support-oncall"
        }
        c13 = {
          workspace = "T012ABCDEFG"
          channel   = "C013"
          name      = "support-oncall"
        }
        c14 = {
          workspace = "T012ABCDEFG"
          channel   = "C014"
          name      = "support-oncall"
        }
        c15 = {
          workspace = "T012ABCDEFG"
          channel   = "C015"
          name      = "support-oncall"
        }
        c16 = {
          workspace = "T012ABCDEFG"
          channel   = "C016"
          name      = "support-oncall"
        }
        c17 = {
          workspace = "T012ABCDEFG"
          channel   = "C017"
          name      = "support-oncall"
        }
        c18 = {
          workspace = "T012ABCDEFG"
          channel   = "C018"
          name      = "support-oncall"
        }
        c19 = {
          workspace = "T012ABCDEFG"
          channel   = "C019"
          name      = "support-oncall"
        }
        c20 = {
          workspace = "T012ABCDEFG"
          channel   = "C020"
          name      = "support-oncall"
        }
      }
    }
  }
}

run "a_channel_of_both_levels" {
  command = plan
  expect_failures = [
    output.channels,
    check.channel,
  ]

  variables {
    read_only = {
      channels = {
        a = {
          workspace = "T012ABCDEFG"
          channel   = "C09876Z5YXW"
          name      = "support-oncall"
        }
      }
    }
    full = {
      channels = {
        b = {
          workspace = "T012ABCDEFG"
          channel   = "C09876Z5YXW"
          name      = "support-oncall"
        }
      }
    }
  }
}

run "too_many_workspaces" {
  command = plan
  expect_failures = [
    output.channels,
    check.channel,
  ]

  variables {
    read_only = {}
    full = {
      channels = {
        c0 = {
          workspace = "T00"
          channel   = "C00"
          name      = "support-oncall"
        }
        c1 = {
          workspace = "T01"
          channel   = "C01"
          name      = "support-oncall"
        }
        c2 = {
          workspace = "T02"
          channel   = "C02"
          name      = "support-oncall"
        }
        c3 = {
          workspace = "T03"
          channel   = "C03"
          name      = "support-oncall"
        }
        c4 = {
          workspace = "T04"
          channel   = "C04"
          name      = "support-oncall"
        }
      }
    }
    slack_workspaces = ["T012ABCDEFG"]
  }
}

run "one_role_name_for_both" {
  command         = plan
  expect_failures = [output.channels]

  variables {
    read_only = {
      role_name = "awssupportappfullrole"
    }
    full = {}
  }
}

run "a_narrowed_policy_of_aws" {
  command         = plan
  expect_failures = [aws_iam_role.full]

  module {
    source = "./modules/support-app-full"
  }

  variables {
    policy        = "aws-managed"
    resolve_cases = false
  }
}

run "no_alias_and_a_workspace_twice" {
  command = plan
  expect_failures = [
    var.account_alias,
    var.slack_workspaces,
  ]

  variables {
    account_alias = "Payments!"
    slack_workspaces = [
      "T012ABCDEFG",
      "T012ABCDEFG",
    ]
  }
}

run "values_of_another_type" {
  command = plan
  expect_failures = [
    var.read_only,
    var.full,
  ]

  variables {
    read_only = {
      tags                 = ["a"]
      max_session_duration = "an hour"
    }
    full = {
      resolve_cases = "maybe"
      role_name     = { a = "b" }
    }
  }
}
