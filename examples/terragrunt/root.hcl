# In the folder that `support-app publish --out FOLDER --backend none --provider none` writes: Terragrunt writes each root's
# backend.tf and provider.tf. The root's provider_override.tf sets the region, and refuses credentials of another account.
remote_state {
  backend = "s3"

  config = {
    bucket       = "acme-terraform-state"
    key          = "${path_relative_to_include()}/terraform.tfstate"
    region       = "us-east-1"
    encrypt      = true
    use_lockfile = true
  }

  generate = {
    path      = "backend.tf"
    if_exists = "overwrite_terragrunt"
  }
}

generate "provider" {
  path      = "provider.tf"
  if_exists = "overwrite_terragrunt"
  contents  = <<-EOF
    provider "aws" {
      region = "eu-west-1"

      default_tags {
        tags = { ManagedBy = "terragrunt" }
      }
    }
  EOF
}
