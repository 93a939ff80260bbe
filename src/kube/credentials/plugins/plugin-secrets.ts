import { type Json, objectsAt, textAt, textsAt } from '../../json.ts'

/**
 * The arguments and variables of a credential plugin, except for those that are known not to be secret. A secret is found by
 * its place, because its flag or variable may have any name.
 */
export function pluginSecrets(exec: Json | undefined, open: ReadonlySet<string>): string[] {
  const values = [...argumentValues(textsAt(exec, 'args')), ...variableValues(exec)]
  return values.filter((value) => !isOpen(value) && !open.has(value)).flatMap(withLines)
}

/** Flags whose values are names, which are no secrets. */
const OPEN_FLAG =
  /^--?(?:i|r|o|region|profile|role|role-arn|cluster|cluster-(?:name|id)|server-id|tenant-id|client-id|resource|environment|login|authority-host|oidc-(?:issuer-url|client-id|extra-scope|redirect-url|use-.*|auth-request-.*)|grant-type|listen-address|output|format|subscription|project|zone|location|name|account|context|namespace|user|username|version|v)$/
const OPEN_VARIABLE =
  /^(?:HOME|PATH|USER|LANG|LC_\w+|TMPDIR|KUBECONFIG|KUBERNETES_EXEC_INFO|NO_PROXY|AWS_(?:PROFILE|REGION|DEFAULT_REGION|STS_REGIONAL_ENDPOINTS|ROLE_ARN|CONFIG_FILE|SHARED_CREDENTIALS_FILE|WEB_IDENTITY_TOKEN_FILE)|AZURE_(?:CLIENT_ID|TENANT_ID|AUTHORITY_HOST|FEDERATED_TOKEN_FILE|CONFIG_DIR)|AAD_(?:LOGIN_METHOD|SERVICE_PRINCIPAL_CLIENT_ID)|CLOUDSDK_\w*(?:CONFIG|PROJECT|REGION|ZONE|PYTHON)|USE_GKE_GCLOUD_AUTH_PLUGIN|GOOGLE_APPLICATION_CREDENTIALS)$/

function argumentValues(args: readonly string[]): string[] {
  let isSubcommand = true
  return args.flatMap((argument, index) => {
    if (argument.startsWith('-')) {
      isSubcommand = false
      const equals = argument.indexOf('=')
      if (equals < 0 || OPEN_FLAG.test(argument.slice(0, equals))) return []
      return [argument.slice(equals + 1)]
    }
    // Words before the first flag are subcommands: eks get-token, oidc-login, token.
    if (isSubcommand && /^[a-z]+(?:-[a-z]+)*$/.test(argument)) return []
    return OPEN_FLAG.test(args[index - 1] ?? '') ? [] : [argument]
  })
}

function variableValues(exec: Json | undefined): string[] {
  return objectsAt(exec, 'env').flatMap((variable) =>
    OPEN_VARIABLE.test(textAt(variable, 'name') ?? '') ? [] : [textAt(variable, 'value') ?? ''],
  )
}

/** Whether a value cannot be a secret: a switch, a level, a short number, or a path. */
export function isOpen(value: string): boolean {
  return (
    /^(?:true|false|yes|no|on|off|none|auto|json|yaml|debug|info|warn|error|\d{1,5})$/i.test(
      value,
    ) || /^(?:\/[\w.-]+){2,8}$/.test(value)
  )
}

/** A value of several lines, such as a key in JSON, may be printed one line at a time. */
function withLines(value: string): string[] {
  const lines = value.split(/\r?\n|\\n/).filter((line) => line.length > 16)
  return [value, ...lines.filter((line) => line !== value && !line.startsWith('-----'))]
}
