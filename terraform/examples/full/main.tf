terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100.0"
    }
  }
}

provider "aws" {
  region = "us-east-1"
}

module "account" {
  source = "../../modules/support-app-account"

  slack_workspaces = ["T012ABCDEFG"]
  account_alias    = "Payments - production"
}

module "support_app" {
  source = "../.."

  access                = "full"
  without               = ["resolve-cases"]
  service_quotas_role   = "existing"
  registered_workspaces = module.account.slack_workspaces
  channels = {
    oncall = {
      workspace = "T012ABCDEFG"
      channel   = "C09876Z5YXW"
      name      = "support-oncall"
      notify    = { severity = "high", events = ["case-created", "reply-added", "case-resolved"] }
    }
  }
}

output "capabilities" {
  description = "What people in the channel can do."
  value       = module.support_app.capabilities
}
