# In the folder that `support-app publish --out FOLDER --backend none` writes: Terragrunt writes each root's backend.tf.
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
