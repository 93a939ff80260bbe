import { proxySecrets } from './kubeconfig/secrets.ts'
import { isOpen } from './plugins/plugin-secrets.ts'

/** Names of variables that hold a credential. Programs that are started here may print their values. */
const NAMED =
  /(?:^|_)(?:\w*SECRET|\w*TOKEN|\w*PASSWORD|PASSWD|PASSPHRASE|PWD|PAT|CREDENTIALS?|(?:API|ACCESS|ACCOUNT|PRIVATE|SECRET|ENCRYPTION|SIGNING|SUBSCRIPTION)_?KEY)$/i
const PROXIES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy']
/** A shorter value may be a common word. */
const SHORTEST = 8

/**
 * The secrets of the environment, whether this process uses them or not: passwords of proxies, and values of variables with
 * certain names. The inputs and states of the step have rules of their own.
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
