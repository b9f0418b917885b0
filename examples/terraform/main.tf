terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100.0, < 7.0.0"
    }
  }
}

provider "aws" {
  region              = "us-east-1"
  allowed_account_ids = ["111122223333"]
}

# In a repository of your own, a source is "git::https://HOST/OWNER/NAME.git//terraform/modules/support-app-account?ref=TAG".
module "account" {
  source = "../../terraform/modules/support-app-account"

  slack_workspaces = ["T012ABCDEFG"]
}

module "watch" {
  source = "../../terraform/modules/support-app-read-only"

  registered_workspaces = module.account.slack_workspaces
  channels = {
    watch = { workspace = "T012ABCDEFG", channel = "C01234A5BCD", name = "support-watch" }
  }
}

module "oncall" {
  source = "../../terraform/modules/support-app-full"

  resolve_cases         = false
  live_chat             = false
  registered_workspaces = module.account.slack_workspaces
  channels = {
    oncall = {
      workspace = "T012ABCDEFG"
      channel   = "C09876Z5YXW"
      name      = "support-oncall"
      notify    = { severity = "high", events = ["case-created", "reply-added"] }
    }
  }
}

output "capabilities" {
  value = {
    watch  = module.watch.capabilities
    oncall = module.oncall.capabilities
  }
}
