import { isatty } from 'node:tty'
import type { Authenticator } from '@kubernetes/client-node/dist/auth.js'
import type { User } from '@kubernetes/client-node/dist/config_types.js'
import { shownCommand } from '../../../problem/may-be-shown.ts'
import { isObject, type Json, textAt } from '../../json.ts'
import { CredentialsError } from '../credentials-error.ts'
import type { Credential } from './exec-credential.ts'
import type { PluginEar, PluginLimits, RunningPlugin } from './run-plugin.ts'

/** A name that none of the library's own authenticators handles. */
const PROVIDER = 'exec-ended-here'
const LIMITS: PluginLimits = { wholeMs: 30_000, promptMs: 10_000 }
/** A person at a terminal takes a while to log in. */
const PERSON_MS = 300_000
/** How many lines of a plugin are shown. A line that it repeats at its next start is not shown again. */
const MOST_LINES = 40

const OVER = 'the run has ended, so no plugin is started'

const NO_EAR: PluginEar = { hear: () => undefined, onSecret: () => undefined }

/** The credential plugins of one kubeconfig, which may be read several times. */
export type Plugins = {
  /** For one read of the kubeconfig. A credential is kept until it expires. */
  authenticator(): Authenticator
  /** Whether standard input is a terminal, so that a person can be asked. */
  isInteractive: boolean
  /** The name of a plugin that is running. */
  running(): string | undefined
  /** Kills the running plugins with all processes that they started. After that none is started. */
  end(): void
}

/**
 * Leaves a user with a plugin to the authenticator of `startPlugins`. The library's own authenticator starts the plugin for
 * every call, never ends it, and does not show what it writes.
 */
export function withPlugin(user: User): User {
  const plugin: Json | undefined = user.exec
  if (!isObject(plugin)) return user
  const { exec: _, ...rest } = user
  return { ...rest, authProvider: { name: PROVIDER, config: { plugin } } }
}

/** The plugin of a user, also of one that `withPlugin` returned. */
export function pluginOf({ exec, authProvider }: User): Json | undefined {
  return textAt(authProvider, 'name') === PROVIDER ? authProvider.config.plugin : exec
}

/**
 * @param ear called with what plugins write to standard error, which a person may have to read
 * @param isInteractive standard input is a terminal that plugins may read from
 */
export function startPlugins(
  ear: PluginEar = NO_EAR,
  limits = LIMITS,
  isInteractive = isatty(0),
): Plugins {
  const started = new Set<RunningPlugin>()
  const shown = new Set<string>()
  let isOver = false

  function hearOnce(line: string): void {
    if (shown.has(line) || shown.size >= MOST_LINES) return
    shown.add(line)
    ear.hear(line)
  }

  async function ask(plugin: Json | undefined): Promise<Credential> {
    if (isOver) throw new Error(OVER)
    const mode = textAt(plugin, 'interactiveMode')
    if (mode === 'Always' && !isInteractive)
      throw new CredentialsError(
        `the credential plugin ${shownCommand(textAt(plugin, 'command') ?? '')} was not started: its interactiveMode is Always, and standard input is not a terminal. Use credentials that need no interaction, such as a service account token`,
      )
    const mayAsk = isInteractive && mode !== 'Never'
    // In the same file, but not run before: few kubeconfigs have a plugin, and this loads what starts processes.
    const { runPlugin } = await import(/* webpackMode: "eager" */ './run-plugin.ts')
    if (isOver) throw new Error(OVER)
    const one = runPlugin({
      plugin,
      isInteractive: mayAsk,
      ear: { hear: hearOnce, onSecret: ear.onSecret },
      limits: mayAsk ? { wholeMs: PERSON_MS, promptMs: PERSON_MS } : limits,
    })
    started.add(one)
    try {
      return await one.credential
    } finally {
      started.delete(one)
    }
  }

  return {
    isInteractive,
    authenticator() {
      let last: Credential | undefined
      let starting: Promise<Credential> | undefined
      return {
        isAuthProvider: ({ authProvider }) => textAt(authProvider, 'name') === PROVIDER,
        async applyAuthentication(user, options) {
          if (last === undefined || last.expiresMs <= Date.now()) {
            // As in kubectl, one start serves all calls that need a credential at the same time.
            starting ??= ask(pluginOf(user)).finally(() => {
              starting = undefined
            })
            last = await starting
          }
          if (last.certificate) Object.assign(options, { cert: last.certificate, key: last.key })
          if (last.token)
            options.headers = { ...options.headers, Authorization: `Bearer ${last.token}` }
        },
      }
    },
    running: () => [...started][0]?.name,
    end() {
      isOver = true
      for (const plugin of started) plugin.kill()
    },
  }
}
