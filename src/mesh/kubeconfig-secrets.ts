import type { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { pluginOf } from './exec-plugins.ts'
import { type Json, objectsAt, textAt } from './json.ts'

/** Names of fields and variables that hold what must not be printed. */
const SECRET = /token|secret|password|_key$/i

/** Everything of a kubeconfig that must not be printed. */
export function secretsOf(config: KubeConfig): string[] {
  const secrets = config.getUsers().flatMap((user) => {
    const provider: unknown = user.authProvider?.config
    const provided =
      typeof provider === 'object' && provider !== null ? Object.entries(provider) : []
    const named = provided
      .filter(([key]) => SECRET.test(key) && !/file$/i.test(key))
      .map(([, value]) => value)
    return [
      user.token,
      user.password,
      ...keyForms(user.keyData),
      ...named,
      ...execSecrets(pluginOf(user)),
    ]
  })
  const urls = config.getClusters().flatMap(({ server, proxyUrl }) => [server, proxyUrl])
  return [...secrets, ...urls.flatMap(urlSecrets)]
    .filter((secret) => typeof secret === 'string')
    .map((secret) => secret.trim())
    .filter((secret) => secret.length > 3)
}

/** What an exec plugin is given as environment under a name that says that it is secret. */
function execSecrets(exec: Json | undefined): (string | undefined)[] {
  return objectsAt(exec, 'env')
    .filter((variable) => SECRET.test(textAt(variable, 'name') ?? ''))
    .map((variable) => textAt(variable, 'value'))
}

/** A password in an address, or the name where that stands alone, as a token does; as written and as meant. */
function urlSecrets(url: string | undefined): string[] {
  if (url === undefined || !URL.canParse(url)) return []
  const { username, password } = new URL(url)
  const secret = password === '' ? username : password
  return [...new Set([secret, decoded(secret)])]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** A private key as it may turn up: base64, and each line of its text. */
function keyForms(keyData: string | undefined): string[] {
  if (!keyData) return []
  return [keyData, ...keyLines(Buffer.from(keyData, 'base64').toString('utf8'))]
}

/** The lines of a private key (PEM) that hold it. */
export function keyLines(pem: string): string[] {
  return pem.split(/\r?\n/).filter((line) => line.length > 16 && !line.startsWith('-----'))
}
