import type { Authenticator } from '@kubernetes/client-node/dist/auth.js'
import type { User } from '@kubernetes/client-node/dist/config_types.js'
import { shownCommand } from '../../../problem/may-be-shown.ts'
import { isObject, type Json, textAt } from '../../json.ts'
import { CredentialsError } from '../credentials-error.ts'
import type { Credential } from './exec-credential.ts'
import { type PluginEar, type PluginLimits, type RunningPlugin, runPlugin } from './run-plugin.ts'

/** The name by which the library does not take the user for one of its own authenticator. */
const PROVIDER = 'exec-ended-here'
const LIMITS: PluginLimits = { wholeMs: 30_000, promptMs: 10_000 }
/** A person at a terminal takes a while to log in. */
const PERSON_MS = 300_000
/** Lines of a plugin that are passed on; a line that it says again at its next start is not. */
const MOST_LINES = 40

const DEAF: PluginEar = { hear: () => undefined, onSecret: () => undefined }

/** The credential plugins of one kubeconfig, however often it is read. */
export type Plugins = {
  /** For one reading: what a plugin gave is kept as long as it is good. */
  authenticator(): Authenticator
  /** Whether standard input is a terminal, at which a person can be asked. */
  isInteractive: boolean
  /** The name of one that has been started and has not ended. */
  underWay(): string | undefined
  /** Kills those that run, with all that they started; none is started any more. */
  end(): void
}

/**
 * A user with a plugin is left to the authenticator of `startPlugins`: the library's own starts it once for each call,
 * never ends it, and keeps to itself what it says.
 */
export function withPlugin(user: User): User {
  const plugin: Json | undefined = user.exec
  if (!isObject(plugin)) return user
  const { exec: _, ...rest } = user
  return { ...rest, authProvider: { name: PROVIDER, config: { plugin } } }
}

/** The plugin of a user, also of one that `withPlugin` made. */
export function pluginOf({ exec, authProvider }: User): Json | undefined {
  return textAt(authProvider, 'name') === PROVIDER ? authProvider.config.plugin : exec
}

/**
 * @param ear told what plugins write to standard error, for a person who may have to act on it
 * @param isInteractive standard input is a terminal that plugins may read from
 */
export function startPlugins(
  ear: PluginEar = DEAF,
  limits = LIMITS,
  isInteractive = process.stdin.isTTY === true,
): Plugins {
  const running = new Set<RunningPlugin>()
  const said = new Set<string>()
  let over = false

  function hearOnce(line: string): void {
    if (said.has(line) || said.size >= MOST_LINES) return
    said.add(line)
    ear.hear(line)
  }

  async function ask(plugin: Json | undefined): Promise<Credential> {
    if (over) throw new Error('no plugin is started any more')
    const mode = textAt(plugin, 'interactiveMode')
    if (mode === 'Always' && !isInteractive)
      throw new CredentialsError(
        `the credential plugin ${shownCommand(textAt(plugin, 'command') ?? '')} was not started: its interactiveMode is Always, and standard input is not a terminal. Use a login that needs no person, such as a service account's`,
      )
    const mayAsk = isInteractive && mode !== 'Never'
    const started = runPlugin({
      plugin,
      isInteractive: mayAsk,
      ear: { hear: hearOnce, onSecret: ear.onSecret },
      limits: mayAsk ? { wholeMs: PERSON_MS, promptMs: PERSON_MS } : limits,
    })
    running.add(started)
    try {
      return await started.credential
    } finally {
      running.delete(started)
    }
  }

  return {
    isInteractive,
    authenticator() {
      let last: Credential | undefined
      let underWay: Promise<Credential> | undefined
      return {
        isAuthProvider: ({ authProvider }) => textAt(authProvider, 'name') === PROVIDER,
        async applyAuthentication(user, options) {
          if (last === undefined || last.expiresMs <= Date.now()) {
            // One start for all calls that need it, as kubectl does it.
            underWay ??= ask(pluginOf(user)).finally(() => {
              underWay = undefined
            })
            last = await underWay
          }
          if (last.certificate) Object.assign(options, { cert: last.certificate, key: last.key })
          if (last.token)
            options.headers = { ...options.headers, Authorization: `Bearer ${last.token}` }
        },
      }
    },
    underWay: () => [...running][0]?.name,
    end() {
      over = true
      for (const plugin of running) plugin.kill()
    },
  }
}
