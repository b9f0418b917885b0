bucket       = "acme-terraform-state"
key          = "support-app/staging.tfstate"
region       = "us-east-1"
encrypt      = true
use_lockfile = true
