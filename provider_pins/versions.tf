# The versions of Terraform and of its providers. This is the only place that names them:
# every stack's required_providers, the lock files and the rehearsal's stand-ins follow it, and Dependabot reads it.
# Change a version with `make raise PROVIDER=neon VERSION=0.15.0`; raises.toml lists the raises that need a step between.
terraform {
  required_version = ">= 1.11.0, < 2.0.0"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "6.25.0"
    }
    cloudflare = {
      source  = "cloudflare/cloudflare"
      version = "5.18.0"
    }
    neon = {
      source  = "kislerdm/neon"
      version = "0.15.0"
    }
    random = {
      source  = "hashicorp/random"
      version = "3.8.1"
    }
  }
}
