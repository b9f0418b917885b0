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

# In a repository of your own, the source is "git::https://HOST/OWNER/NAME.git//terraform?ref=COMMIT_OR_TAG".
module "support_app" {
  source = "../../terraform"

  slack_workspaces = ["T012ABCDEFG"]

  read_only = {
    channels = {
      watch = { workspace = "T012ABCDEFG", channel = "C01234A5BCD", name = "support-watch" }
    }
  }

  full = {
    resolve_cases = false
    live_chat     = false
    channels = {
      oncall = {
        workspace = "T012ABCDEFG"
        channel   = "C09876Z5YXW"
        name      = "support-oncall"
        notify    = { severity = "high", events = ["case-created", "reply-added"] }
      }
    }
  }
}

output "capabilities" {
  value = {
    watch  = module.support_app.read_only_capabilities
    oncall = module.support_app.full_capabilities
  }
}
