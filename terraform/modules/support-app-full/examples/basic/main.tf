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

  resolve_cases       = false
  service_quotas_role = "existing"
}

output "role_arn" {
  description = "ARN of the role to choose for a channel."
  value       = module.support_app.role_arn
}
