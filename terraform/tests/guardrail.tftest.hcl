# The service control policy against channels that are configured outside the code.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { minified_json = "{\"Version\":\"2012-10-17\",\"Statement\":[]}" }
  }
}

run "nobody_but_the_deployers" {
  command = plan

  module {
    source = "./modules/support-app-guardrail"
  }

  variables {
    role_arns     = ["arn:aws:iam::111122223333:role/full"]
    deployer_arns = ["arn:aws:iam::111122223333:role/terraform"]
    target_ids = [
      "111122223333",
      "ou-ab12-11111111",
    ]
  }

  assert {
    condition     = alltrue([for statement in data.aws_iam_policy_document.this.statement : statement.effect == "Deny"])
    error_message = "It only denies."
  }

  assert {
    condition = flatten([
      for condition in data.aws_iam_policy_document.this.statement[0].condition :
      concat([condition.test, condition.variable], condition.values)
    ]) == ["ArnNotEquals", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/terraform"]
    error_message = "Only deployers can configure the Support App."
  }

  assert {
    condition = data.aws_iam_policy_document.this.statement[1].not_resources == toset([
      "arn:aws:iam::111122223333:role/full",
    ])
    error_message = "Channels can only get that role."
  }

  assert {
    condition     = length(aws_organizations_policy_attachment.this) == 2
    error_message = "It is attached to both."
  }
}

run "nobody_at_all" {
  command = plan
  expect_failures = [
    var.role_arns,
    var.deployer_arns,
  ]

  module {
    source = "./modules/support-app-guardrail"
  }

  variables {
    role_arns     = []
    deployer_arns = []
  }
}

run "wildcards_and_sessions" {
  command = plan
  expect_failures = [
    var.role_arns,
    var.deployer_arns,
  ]

  module {
    source = "./modules/support-app-guardrail"
  }

  variables {
    role_arns     = ["arn:aws:iam::111122223333:role/*"]
    deployer_arns = ["arn:aws:sts::111122223333:assumed-role/a/b"]
  }
}

run "policy_variables" {
  command = plan
  expect_failures = [
    var.role_arns,
    var.deployer_arns,
  ]

  module {
    source = "./modules/support-app-guardrail"
  }

  variables {
    role_arns     = ["arn:aws:iam::111122223333:role/&{aws:PrincipalTag/r}"]
    deployer_arns = ["arn:aws:iam::111122223333:user/&{aws:username}"]
  }
}

run "policy_variables_as_in_iam" {
  command = plan
  expect_failures = [
    var.role_arns,
    var.deployer_arns,
  ]

  module {
    source = "./modules/support-app-guardrail"
  }

  variables {
    role_arns     = ["arn:aws:iam::111122223333:role/$${aws:PrincipalTag/r}/full"]
    deployer_arns = ["arn:aws:iam::111122223333:role/$${aws:PrincipalTag/x}"]
  }
}

run "no_name" {
  command = plan
  expect_failures = [
    var.role_arns,
    var.deployer_arns,
  ]

  module {
    source = "./modules/support-app-guardrail"
  }

  variables {
    role_arns     = ["arn:aws:iam::111122223333:role/full/"]
    deployer_arns = ["arn:aws:iam::111122223333:role/terraform/"]
  }
}

run "paths_and_names_that_iam_allows" {
  command = plan

  module {
    source = "./modules/support-app-guardrail"
  }

  variables {
    role_arns = ["arn:aws:iam::111122223333:role/a:b[c]$/d/full_1+=,.@-"]
    deployer_arns = [
      "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Ops_1a",
      "arn:aws:iam::111122223333:user/alice@example.com",
    ]
  }

  assert {
    condition     = length(data.aws_iam_policy_document.this.statement) == 2
    error_message = "All are accepted."
  }
}

run "no_target" {
  command         = plan
  expect_failures = [var.target_ids]

  module {
    source = "./modules/support-app-guardrail"
  }

  variables {
    role_arns     = ["arn:aws:iam::111122223333:role/full"]
    deployer_arns = ["arn:aws:iam::111122223333:role/terraform"]
    target_ids    = ["production"]
  }
}
