terraform {
  required_version = ">= 1.5"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100.0"
    }
  }
}

# Credentials of another account are rejected: nobody gets access to the wrong account.
provider "aws" {
  alias               = "staging"
  region              = "us-east-1"
  allowed_account_ids = ["111122223333"]

  assume_role {
    role_arn = "arn:aws:iam::111122223333:role/terraform"
  }
}

provider "aws" {
  alias               = "production"
  region              = "us-east-1"
  allowed_account_ids = ["444455556666"]

  assume_role {
    role_arn = "arn:aws:iam::444455556666:role/terraform"
  }
}

locals {
  # A channel that several accounts share reaches the cases of all of them.
  watch = { workspace = "T012ABCDEFG", channel = "C01234A5BCD", name = "support-watch" }
}

module "staging_watch" {
  source    = "../.."
  providers = { aws = aws.staging }

  access   = "read-only"
  channels = { watch = local.watch }
}

module "production_watch" {
  source    = "../.."
  providers = { aws = aws.production }

  access   = "read-only"
  channels = { watch = local.watch }
}

module "production_oncall" {
  source    = "../.."
  providers = { aws = aws.production }

  access = "full"
  channels = {
    oncall = { workspace = "T012ABCDEFG", channel = "C09876Z5YXW", name = "support-oncall" }
  }
}
