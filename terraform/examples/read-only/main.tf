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

  access = "read-only"
  channels = {
    watch = { workspace = "T012ABCDEFG", channel = "C01234A5BCD", name = "support-watch" }
  }
}

output "capabilities" {
  description = "What people in the channel can do."
  value       = module.support_app.capabilities
}
