import { proxySecrets } from './kubeconfig/secrets.ts'
import { isOpen } from './plugins/plugin-secrets.ts'

/** What variables are called that hold a credential: programs that are started here may repeat their values. */
const NAMED =
  /(?:^|_)(?:\w*SECRET|\w*TOKEN|\w*PASSWORD|PASSWD|PASSPHRASE|PWD|PAT|CREDENTIALS?|(?:API|ACCESS|ACCOUNT|PRIVATE|SECRET|ENCRYPTION|SIGNING|SUBSCRIPTION)_?KEY)$/i
const PROXIES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy']
/** A shorter value may be a word that stands everywhere. */
const SHORTEST = 8

/**
 * The secrets of the environment, whether this process uses them or not: of proxies, by name of variables. The step's
 * inputs and states have rules of their own.
 */
export function environmentSecrets(
  environment: Readonly<Record<string, string | undefined>>,
): string[] {
  const named = Object.entries(environment).flatMap(([name, value = '']) => {
    const isNamed = NAMED.test(name) && !/^(?:INPUT_|STATE_|PWD$|OLDPWD$)/.test(name)
    return isNamed && value.trim().length >= SHORTEST && !isOpen(value) ? [value.trim()] : []
  })
  return [...named, ...proxySecrets(PROXIES.map((name) => environment[name]))]
}
