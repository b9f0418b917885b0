variable "slack_workspaces" {
  type        = set(string)
  description = "Slack workspaces to register for the account, which must be in an organization that may use them. At most 5, including the workspaces of the channels."
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.slack_workspaces : can(regex("^T[A-Z0-9]{1,255}$", id))])
    error_message = "Received slack_workspaces = ${jsonencode(var.slack_workspaces)}, expected each to be a Slack workspace's ID, such as T012ABCDEFG."
  }

  validation {
    condition     = length(var.slack_workspaces) <= 5
    error_message = "Received ${length(var.slack_workspaces)} workspaces, expected at most 5, the AWS limit for an account."
  }
}

variable "account_alias" {
  type        = string
  description = "What people in Slack see instead of the account number."
  default     = null

  validation {
    condition     = var.account_alias == null || can(regex("^[\\w -]{1,30}$", var.account_alias))
    error_message = "Received account_alias = ${jsonencode(var.account_alias)}, expected an account alias of 1 to 30 letters, digits, spaces, _ and -."
  }
}
