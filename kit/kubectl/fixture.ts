import { dump } from 'js-yaml'
import type { JsonObject } from '../../src/kube/json.ts'
import type { Parts } from './place.ts'

/** A kubeconfig that kubectl and this project must read in the same way. */
export type Fixture = {
  /** The rest of a sentence whose subject is the kubeconfig. */
  name: string
  /** Texts by path. The kubeconfig is `config`, unless `file` or `list` is set. */
  files: (parts: Parts) => Record<string, string | Buffer>
  /** The value of --kubeconfig. */
  file?: string
  /** The paths in KUBECONFIG. */
  list?: string[]
  context?: string
  /** Further variables, such as those that name a proxy. */
  environment?: (parts: Parts) => Record<string, string>
  /** How this project differs from kubectl, and why. */
  differs?: { why: string; refused: boolean }
}

/** A kubeconfig of one context called `name`. */
export function config(
  parts: Parts,
  user: JsonObject,
  cluster: JsonObject = {},
  name = 'a',
): JsonObject {
  const whole = { server: parts.server, 'certificate-authority-data': parts.authority, ...cluster }
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    clusters: [
      { name, cluster: Object.fromEntries(Object.entries(whole).filter(([, v]) => v !== null)) },
    ],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  }
}

export const TOKEN = { token: 'token-a' }

/** A fixture of one kubeconfig, `config`, of one user of one cluster. */
export function one(
  name: string,
  user: (parts: Parts) => JsonObject,
  cluster: (parts: Parts) => JsonObject = () => ({}),
  more: Partial<Fixture> & { beside?: (parts: Parts) => Record<string, string> } = {},
): Fixture {
  const { beside, ...rest } = more
  return {
    name,
    file: 'config',
    files: (parts) => ({
      config: dump(config(parts, user(parts), cluster(parts))),
      ...beside?.(parts),
    }),
    ...rest,
  }
}
