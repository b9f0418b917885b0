locals {
  levels = {
    read-only = {
      capabilities = ["view-cases"]
      aws_policy   = "arn:aws:iam::aws:policy/AWSSupportAppReadOnlyAccess"
      role_name    = "AWSSupportAppReadOnlyRole"
      policy_name  = "AWSSupportAppReadOnlyRolePolicy"
    }
    full = {
      capabilities = [
        "view-cases",
        "create-cases",
        "reply-to-cases",
        "attach-files",
        "resolve-cases",
        "live-chat",
        "request-quota-increases",
      ]
      aws_policy  = "arn:aws:iam::aws:policy/AWSSupportAppFullAccess"
      role_name   = "AWSSupportAppFullRole"
      policy_name = "AWSSupportAppFullRolePolicy"
    }
  }

  actions = {
    view-cases     = ["support:DescribeCases", "support:DescribeCommunications"]
    create-cases   = ["support:CreateCase", "support:DescribeSeverityLevels"]
    reply-to-cases = ["support:AddCommunicationToCase"]
    attach-files   = ["support:AddAttachmentsToSet"]
    resolve-cases  = ["support:ResolveCase"]
    live-chat      = ["support:InitiateChatForCase"]
    request-quota-increases = [
      "servicequotas:GetRequestedServiceQuotaChange",
      "servicequotas:GetServiceQuota",
      "servicequotas:RequestServiceQuotaIncrease",
    ]
  }

  level        = local.levels[var.access]
  lasting      = [for name in local.level.capabilities : name if !contains(var.without, name)]
  given        = concat(local.lasting, keys(var.temporarily))
  capabilities = [for name in local.level.capabilities : name if contains(local.given, name)]

  is_customer_managed = var.policy == "customer-managed"
  policy_arn          = local.is_customer_managed ? one(aws_iam_policy.this[*].arn) : local.level.aws_policy
  is_on_demand        = var.service_quotas_role == "on-demand"

  # The first second without access, by what the caller wrote: a day ends with its last second in UTC.
  ends = {
    for until in toset(compact(concat([var.until], values(var.temporarily)))) :
    until => length(until) == 10 ? timeadd("${until}T00:00:00Z", "24h") : until
  }
  end            = var.until == null ? null : local.ends[var.until]
  temporary_ends = { for name, until in var.temporarily : name => local.ends[until] }

  # Capabilities by their end, those without one first.
  grants = concat([{ capabilities = local.lasting, end = local.end }], [
    for end in sort(distinct(values(local.temporary_ends))) :
    { capabilities = [for name, its_end in local.temporary_ends : name if its_end == end], end = end }
  ])
}

data "aws_iam_policy_document" "trust" {
  statement {
    effect  = "Allow"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["supportapp.amazonaws.com"]
    }

    dynamic "condition" {
      for_each = var.source_account[*]

      content {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [condition.value]
      }
    }
  }
}

# These actions have neither resource types nor condition keys, which is why the resource is "*".
data "aws_iam_policy_document" "this" {
  dynamic "statement" {
    for_each = local.grants

    content {
      effect    = "Allow"
      actions   = flatten([for name in statement.value.capabilities : local.actions[name]])
      resources = ["*"]

      dynamic "condition" {
        for_each = statement.value.end[*]

        content {
          test     = "DateLessThan"
          variable = "aws:CurrentTime"
          values   = [condition.value]
        }
      }
    }
  }

  # The Support App creates the Service Quotas role with the first request.
  dynamic "statement" {
    for_each = [
      for grant in local.grants : grant
      if local.is_on_demand && contains(grant.capabilities, "request-quota-increases")
    ]

    content {
      effect    = "Allow"
      actions   = ["iam:CreateServiceLinkedRole"]
      resources = ["*"]

      condition {
        test     = "StringEquals"
        variable = "iam:AWSServiceName"
        values   = ["servicequotas.amazonaws.com"]
      }

      dynamic "condition" {
        for_each = statement.value.end[*]

        content {
          test     = "DateLessThan"
          variable = "aws:CurrentTime"
          values   = [condition.value]
        }
      }
    }
  }

  # Here, so that a policy isn't changed before what contradicts it is refused.
  lifecycle {
    precondition {
      condition     = var.access == "full" || length(var.without) + length(var.temporarily) == 0
      error_message = "Received without or temporarily with access = \"read-only\", expected neither: read-only has only view-cases. Remove them."
    }

    precondition {
      condition     = local.is_on_demand || contains(local.given, "request-quota-increases")
      error_message = "Received service_quotas_role = ${jsonencode(var.service_quotas_role)}, expected nothing: this access has no request-quota-increases, so it needs no Service Quotas role. Remove service_quotas_role."
    }

    precondition {
      condition     = local.is_customer_managed || local.is_on_demand && length(var.without) + length(local.ends) == 0
      error_message = "Received policy = \"aws-managed\" with without, until, temporarily or service_quotas_role, expected none of them: AWS's managed policy can't be changed. Set policy to customer-managed, or remove them."
    }

    precondition {
      condition     = local.is_customer_managed || length(compact([var.policy_name, var.policy_description])) == 0
      error_message = "Received policy = \"aws-managed\" with policy_name or policy_description, expected neither: AWS's managed policy can't be changed. Set policy to customer-managed, or remove them."
    }

    precondition {
      condition     = length(setsubtract(keys(var.temporarily), var.without)) == 0
      error_message = "Received ${join(", ", setsubtract(keys(var.temporarily), var.without))} in temporarily, expected capabilities that are also in without: any other is already granted without an end. Add them to without, or remove them from temporarily."
    }

    precondition {
      condition = alltrue([
        for end in values(local.temporary_ends) : timecmp(end, coalesce(local.end, "9999-12-31T23:59:59Z")) < 0
      ])
      error_message = "Received temporarily = ${jsonencode(var.temporarily)}, expected earlier ends than until (${coalesce(var.until, "none")}), when everything ends. Set earlier ones, or remove the capabilities from without and from here."
    }
  }
}

resource "aws_iam_role" "this" {
  name                 = coalesce(var.role_name, local.level.role_name)
  path                 = var.path
  description          = var.description
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  max_session_duration = var.max_session_duration
  permissions_boundary = var.permissions_boundary
  tags                 = var.tags

  depends_on = [aws_iam_policy.this] # a boundary is removed after what it kept away

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_policy" "this" {
  count = local.is_customer_managed ? 1 : 0

  name        = coalesce(var.policy_name, local.level.policy_name)
  path        = var.path
  description = var.policy_description
  policy      = data.aws_iam_policy_document.this.json
  tags        = var.tags

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role_policy_attachment" "this" {
  role       = aws_iam_role.this.name
  policy_arn = local.policy_arn

  lifecycle {
    create_before_destroy = true
  }
}

# A policy that somebody attaches to the role or adds inline by hand shows in the plan, and is removed.
resource "aws_iam_role_policy_attachments_exclusive" "this" {
  role_name   = aws_iam_role_policy_attachment.this.role # and so after the attachment
  policy_arns = [local.policy_arn]

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_role_policies_exclusive" "this" {
  role_name    = aws_iam_role_policy_attachments_exclusive.this.role_name # and so last: what it removes may be a Deny
  policy_names = []

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_iam_service_linked_role" "service_quotas" {
  count = var.service_quotas_role == "create" ? 1 : 0

  aws_service_name = "servicequotas.amazonaws.com"
  tags             = var.tags

  lifecycle {
    prevent_destroy = true          # others in the account may depend on it
    ignore_changes  = [description] # AWS writes it
  }
}
