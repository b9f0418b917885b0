variable "access" {
  type        = string
  description = "What people in the channels can do: read-only (view cases) or full (everything that isn't left out)."
  nullable    = false

  validation {
    condition     = contains(["read-only", "full"], var.access)
    error_message = "Received access = ${jsonencode(var.access)}, expected read-only or full."
  }
}

variable "channels" {
  type = map(object({
    workspace = string
    channel   = string
    name      = string
    notify = optional(object({
      severity = string
      events   = optional(list(string), [])
    }))

    # Refused below: Terraform would ignore them in silence.
    access      = optional(string)
    without     = optional(set(string))
    until       = optional(string)
    temporarily = optional(map(string))
  }))
  description = "The Slack channels in which everyone gets this access, by keys of your choice: the IDs in Slack of workspace and channel, and the name without the #. notify: the severity (none, high, all) of the cases and the events (case-created, reply-added, case-resolved) that the channel is notified of. access, without, until and temporarily stand beside channels, and are refused in them. Terraform ignores any other attribute."
  default     = {}
  nullable    = false

  validation {
    condition = alltrue([
      for channel in values(var.channels) : alltrue([
        for limit in [channel.access, channel.without, channel.until, channel.temporarily] : limit == null
      ])
    ])
    error_message = "Received access, without, until or temporarily in a channel, expected them beside channels: they are the same for all channels of a call. Call the module once for each access."
  }

  validation {
    condition = alltrue([
      for channel in values(var.channels) : can(regex("^T[A-Z0-9]{1,255}$", channel.workspace))
    ])
    error_message = "Received the workspaces ${jsonencode(values(var.channels)[*].workspace)} in channels, expected each to be a Slack workspace's ID, such as T012ABCDEFG."
  }

  validation {
    condition = alltrue([
      for channel in values(var.channels) : can(regex("^[CG][A-Z0-9]{1,255}$", channel.channel))
    ])
    error_message = "Received the channels ${jsonencode(values(var.channels)[*].channel)}, expected each to be a Slack channel's ID, such as C01234A5BCD."
  }

  validation {
    condition = alltrue([
      for channel in values(var.channels) : can(regex("^[\\p{L}\\p{M}\\p{N}_-]{1,80}$", channel.name))
    ])
    error_message = "Received the names ${jsonencode(values(var.channels)[*].name)} in channels, expected each to be a Slack channel's name of 1 to 80 letters, digits, _ and -, without the #."
  }

  validation {
    condition = alltrue([
      for notify in [for channel in values(var.channels) : channel.notify if channel.notify != null] :
      contains(["none", "high", "all"], coalesce(notify.severity, "null"))
      && length(setsubtract(notify.events, ["case-created", "reply-added", "case-resolved"])) == 0
      && length(distinct(notify.events)) == length(notify.events)
      && (notify.severity == "none") == (length(notify.events) == 0)
    ])
    error_message = "Received notify = ${jsonencode(values(var.channels)[*].notify)} in channels, expected each to have the severity high or all with at least one of the events case-created, reply-added and case-resolved, each once; or none without an event."
  }

  validation {
    condition = length(var.channels) == length(toset([
      for channel in values(var.channels) : "${channel.workspace}_${channel.channel}"
    ]))
    error_message = "Received the channels ${jsonencode(values(var.channels)[*].channel)}, expected each once, since it has one role."
  }

  validation {
    condition     = length(var.channels) <= 20
    error_message = "Received ${length(var.channels)} channels, expected at most 20, the AWS limit for an account."
  }
}

variable "registered_workspaces" {
  type        = set(string)
  description = "The workspaces that the module support-app-account of the same root registers: its output slack_workspaces. A channel is created after its workspace."
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for id in var.registered_workspaces : can(regex("^T[A-Z0-9]{1,255}$", id))])
    error_message = "Received registered_workspaces = ${jsonencode(var.registered_workspaces)}, expected each to be a Slack workspace's ID, such as T012ABCDEFG."
  }
}

variable "without" {
  type        = set(string)
  description = "Capabilities to leave out. Only with full and a customer managed policy."
  default     = []
  nullable    = true # null is refused: it would leave out nothing

  validation {
    condition = can([for name in var.without : regex(
      "^(create-cases|reply-to-cases|attach-files|resolve-cases|live-chat|request-quota-increases)$",
      name,
    )])
    error_message = "Received without = ${jsonencode(var.without)}, expected each to be one of create-cases, reply-to-cases, attach-files, resolve-cases, live-chat, request-quota-increases; view-cases can't be left out, since every other capability starts from viewing a case."
  }
}

variable "until" {
  type        = string
  description = "When all of this access ends. IAM enforces it, even if nobody deploys. Only with a customer managed policy."
  default     = null

  validation {
    condition = var.until == null || (
      can(regex("^20\\d\\d-\\d\\d-\\d\\d(T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\dZ)?$", var.until))
      && can(timeadd("${substr(var.until, 0, 10)}T00:00:00Z", "24h"))
    )
    error_message = "Received until = ${jsonencode(var.until)}, expected a day that exists, from 2000 to 2099, such as 2026-12-31, or a time in UTC, such as 2026-12-31T17:00:00Z."
  }
}

variable "temporarily" {
  type        = map(string)
  description = "Capabilities in without that people get for a limited time. IAM enforces the end. Only with full. Each with the end: live-chat = \"2026-12-31\"."
  default     = {}
  nullable    = false

  validation {
    condition = can([for name in keys(var.temporarily) : regex(
      "^(create-cases|reply-to-cases|attach-files|resolve-cases|live-chat|request-quota-increases)$",
      name,
    )])
    error_message = "Received temporarily = ${jsonencode(var.temporarily)}, expected each key to be one of create-cases, reply-to-cases, attach-files, resolve-cases, live-chat, request-quota-increases; view-cases ends only with everything else, by until."
  }

  validation {
    condition = alltrue([
      for until in values(var.temporarily) :
      can(regex("^20\\d\\d-\\d\\d-\\d\\d(T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\dZ)?$", until))
      && can(timeadd("${substr(until, 0, 10)}T00:00:00Z", "24h"))
    ])
    error_message = "Received temporarily = ${jsonencode(var.temporarily)}, expected each to end on a day that exists, from 2000 to 2099, such as 2026-12-31, or at a time in UTC, such as 2026-12-31T17:00:00Z."
  }
}

variable "policy" {
  type        = string
  description = "customer-managed: a policy of your own. aws-managed: AWS's own policy, which AWS may change at any time."
  default     = "customer-managed"
  nullable    = false

  validation {
    condition     = contains(["customer-managed", "aws-managed"], var.policy)
    error_message = "Received policy = ${jsonencode(var.policy)}, expected customer-managed or aws-managed."
  }
}

variable "service_quotas_role" {
  type        = string
  description = "Where the service-linked role for quota increases comes from. Only with full. on-demand: the Support App creates it. create: this module creates it. existing: someone else manages it."
  default     = "on-demand"
  nullable    = false

  validation {
    condition     = contains(["on-demand", "create", "existing"], var.service_quotas_role)
    error_message = "Received service_quotas_role = ${jsonencode(var.service_quotas_role)}, expected on-demand, create or existing."
  }
}

variable "role_name" {
  type        = string
  description = "Name of the role, unique in the account, ignoring case. Null: AWSSupportAppReadOnlyRole or AWSSupportAppFullRole."
  default     = null

  validation {
    condition     = var.role_name == null || can(regex("^[\\w+=,.@-]{1,64}$", var.role_name))
    error_message = "Received role_name = ${jsonencode(var.role_name)}, expected a role name of 1 to 64 letters, digits and _ + = , . @ -."
  }
}

variable "policy_name" {
  type        = string
  description = "Name of the policy, unique in the account, ignoring case. Null: AWSSupportAppReadOnlyRolePolicy or AWSSupportAppFullRolePolicy."
  default     = null

  validation {
    condition     = var.policy_name == null || can(regex("^[\\w+=,.@-]{1,128}$", var.policy_name))
    error_message = "Received policy_name = ${jsonencode(var.policy_name)}, expected a policy name of 1 to 128 letters, digits and _ + = , . @ -."
  }
}

variable "path" {
  type        = string
  description = "Path of the role and the policy. A change replaces both, so role_name and policy_name must change, too."
  default     = "/"
  nullable    = false

  validation {
    condition     = length(var.path) <= 512 && can(regex("^(/[A-Za-z0-9.,+@=_-]+)*/$", var.path))
    error_message = "Received path = ${jsonencode(var.path)}, expected a path of at most 512 characters that begins and ends with /, with letters, digits and . , + @ = _ - between slashes."
  }
}

variable "description" {
  type        = string
  description = "Description of the role."
  default     = null

  validation {
    condition     = var.description == null || can(regex("^[ -\\[\\]-~\\x{a1}-\\x{ff}]{1,1000}$", var.description))
    error_message = "Received description = ${jsonencode(var.description)}, expected one line of 1 to 1000 Latin characters, without a backslash."
  }
}

variable "policy_description" {
  type        = string
  description = "Description of the policy. IAM can't change it later: a change replaces the policy, so policy_name must change, too."
  default     = null

  validation {
    condition = var.policy_description == null || can(regex(
      "^[ -\\[\\]-~\\x{a1}-\\x{ff}]{1,1000}$",
      var.policy_description,
    ))
    error_message = "Received policy_description = ${jsonencode(var.policy_description)}, expected one line of 1 to 1000 Latin characters, without a backslash."
  }
}

variable "permissions_boundary" {
  type        = string
  description = "ARN of the role's permissions boundary: a policy of the same account, or an AWS managed one. If it lacks an action, the channel loses that capability."
  default     = null

  validation {
    condition = var.permissions_boundary == null || can(regex(
      "^arn:aws:iam::([0-9]{12}|aws):policy/([!-\\[\\]-~]{1,510}/)?[\\w+=,.@-]{1,128}$",
      var.permissions_boundary,
    ))
    error_message = "Received permissions_boundary = ${jsonencode(var.permissions_boundary)}, expected the ARN of an IAM policy, such as arn:aws:iam::111122223333:policy/boundary."
  }
}

variable "source_account" {
  type        = string
  description = "The only account on whose behalf the Support App may assume the role (aws:SourceAccount). AWS doesn't document that the Support App sends this key; if it doesn't, the channel loses all access. Try it first."
  default     = null

  validation {
    condition     = var.source_account == null || can(regex("^\\d{12}$", var.source_account))
    error_message = "Received source_account = ${jsonencode(var.source_account)}, expected an AWS account ID of 12 digits."
  }
}

variable "max_session_duration" {
  type        = number
  description = "Longest session of the role, in seconds."
  default     = 3600
  nullable    = false

  validation {
    condition     = var.max_session_duration == floor(min(max(var.max_session_duration, 3600), 43200))
    error_message = "Received max_session_duration = ${var.max_session_duration}, expected a whole number of seconds from 3600 (1 hour) to 43200 (12 hours)."
  }
}

variable "tags" {
  type        = map(string)
  description = "Tags of everything that can have tags."
  default     = {}
  nullable    = false

  validation {
    condition     = length(var.tags) <= 50
    error_message = "Received ${length(var.tags)} tags, expected at most 50, the IAM limit for a role or a policy."
  }

  validation {
    condition = alltrue([
      for key in keys(var.tags) :
      can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+@-]{1,128}$", key)) && lower(substr(key, 0, 4)) != "aws:"
    ])
    error_message = "Received tags = ${jsonencode(var.tags)}, expected each to have a tag key of 1 to 128 letters, digits, spaces and _ . : / = + - @, not beginning with aws:."
  }

  validation {
    condition = alltrue([
      for value in values(var.tags) : can(regex("^[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]{0,256}$", value))
    ])
    error_message = "Received tags = ${jsonencode(var.tags)}, expected each to have a tag value of at most 256 letters, digits, spaces and _ . : / = + - @."
  }

  validation {
    condition     = length(distinct([for key in keys(var.tags) : lower(key)])) == length(var.tags)
    error_message = "Received tags = ${jsonencode(var.tags)}, expected keys that differ in more than case, which IAM ignores."
  }
}
