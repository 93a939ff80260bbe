import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import type { Authenticator } from '@kubernetes/client-node/dist/auth.js'
import type { User } from '@kubernetes/client-node/dist/config_types.js'
import { ExecAuth } from '@kubernetes/client-node/dist/exec_auth.js'
import { isObject, type Json, textAt } from './json.ts'

/** The name by which the library does not take the user for one of its own authenticator. */
const PROVIDER = 'exec-ended-here'
/** Longer than any call waits: what a slow plugin gives at last serves the call's next try. */
const LIMIT_MS = 60_000
/** A process group of its own, which can be killed as one. */
const GROUPS = process.platform !== 'win32'

/** The plugins of one kubeconfig that hand out credentials, however often it is read. */
export type Plugins = {
  /** For one reading: what a plugin gave is kept as long as it is good. */
  authenticator(): Authenticator
  /** Kills those that run, with all that they started; none is started any more. */
  end(): void
}

/**
 * A user with a plugin is left to the authenticator of `startPlugins`: the library's own starts the
 * plugin and never ends it, so that one that hangs would outlive the run.
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

/** @param limitMs milliseconds after which a plugin is killed */
export function startPlugins(limitMs = LIMIT_MS): Plugins {
  const running = new Set<ChildProcess>()
  let over = false

  function start(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
    if (over) throw new Error('no plugin is started any more')
    const plugin = spawn(command, args, { ...options, detached: GROUPS })
    const timer = setTimeout(() => killGroup(plugin), limitMs)
    running.add(plugin)
    plugin.once('close', () => {
      clearTimeout(timer)
      running.delete(plugin)
    })
    return plugin
  }

  return {
    authenticator() {
      const library = new ExecAuth()
      // Where the library keeps the function that starts a plugin.
      Object.assign(library, { execFn: start })
      return {
        isAuthProvider: ({ authProvider }) => textAt(authProvider, 'name') === PROVIDER,
        applyAuthentication: ({ name, ...user }, options) =>
          library.applyAuthentication({ name, exec: pluginOf({ name, ...user }) }, options),
      }
    },
    end() {
      over = true
      for (const plugin of running) killGroup(plugin)
    },
  }
}

function killGroup(plugin: ChildProcess): void {
  if (plugin.pid === undefined) return
  try {
    if (GROUPS) process.kill(-plugin.pid, 'SIGKILL')
    else plugin.kill('SIGKILL')
  } catch {
    // All of it has ended by itself.
  }
}
