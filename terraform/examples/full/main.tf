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

module "support_app" {
  source = "../.."

  full = {
    resolve_cases       = false
    service_quotas_role = "existing"
    channels = {
      oncall = {
        workspace = "T012ABCDEFG"
        channel   = "C09876Z5YXW"
        name      = "support-oncall"
        notify    = { severity = "high", events = ["case-created", "reply-added", "case-resolved"] }
      }
    }
  }
  slack_workspaces = ["T012ABCDEFG"]
  account_alias    = "Payments - production"
}

output "capabilities" {
  description = "What people in the channel can do."
  value       = module.support_app.full_capabilities
}
