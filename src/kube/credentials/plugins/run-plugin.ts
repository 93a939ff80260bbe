import { type ChildProcess, spawn } from 'node:child_process'
import { shownCommand } from '../../../problem/may-be-shown.ts'
import { type Json, objectsAt, textAt, textsAt } from '../../json.ts'
import { checkCommand } from './command-file.ts'
import { type Credential, readCredential } from './exec-credential.ts'
import { GUARDS, guarded, startReleasing } from './guard.ts'
import { ended, notStarted, wrongAnswer } from './plugin-errors.ts'
import { secretsInOutput } from './plugin-output.ts'
import { isPrompt, withoutCredentials } from './plugin-text.ts'

const MOST_OUTPUT = 1024 * 1024
const MOST_ERROR_TEXT = 64 * 1024
/** How long to wait for its output after it ended. Processes that it left running may hold the output open. */
const DRAIN_MS = 200
/**
 * Lines of standard error are shown when the plugin has ended, because before that, a token in them is not known to be one. A
 * line that asks a person for something is shown after this time if the plugin still waits.
 */
const SHOWN_AFTER_MS = 1000
const LINE_END = /\r?\n|\r/

/** One start of a credential plugin. */
export type PluginRun = {
  plugin: Json | undefined
  /** It may read from the terminal. */
  isInteractive: boolean
  ear: PluginEar
  limits: PluginLimits
}

/** What listens to plugins. */
export type PluginEar = {
  /** Called with each line of standard error, without credentials. */
  hear: (line: string) => void
  /** Called with everything that may be a credential before `hear` is called with a line that may repeat it. */
  onSecret: (secret: string) => void
}

/** Time limits of a plugin in milliseconds: in all, and after a prompt that no person can answer. */
export type PluginLimits = { wholeMs: number; promptMs: number }

/** A running plugin: its credential, and a way to end it with all processes that it started. */
export type RunningPlugin = { name: string; credential: Promise<Credential>; kill(): void }

/** Starts a credential plugin. Its errors have their own texts, because those of the platform repeat invalid arguments. */
export function runPlugin(run: PluginRun): RunningPlugin {
  const name = shownCommand(textAt(run.plugin, 'command') ?? '')
  let child: ChildProcess
  try {
    child = started(run)
  } catch (error) {
    throw notStarted(error, run.plugin, name)
  }
  const release = startReleasing(child)
  for (const end of ['exit', 'error'] as const) child.once(end, release)
  return { name, credential: credentialOf(child, run, name), kill: () => killGroup(child) }
}

function started({ plugin, isInteractive }: PluginRun): ChildProcess {
  // A plugin does not get the inputs of the step, such as the kubeconfig.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:INPUT|STATE)_/.test(name)),
  )
  for (const variable of objectsAt(plugin, 'env'))
    env[textAt(variable, 'name') ?? ''] = textAt(variable, 'value')
  const command = textAt(plugin, 'command') ?? ''
  const stdin = isInteractive ? 'inherit' : 'ignore'
  if (!GUARDS)
    return spawn(command, textsAt(plugin, 'args'), { env, stdio: [stdin, 'pipe', 'pipe'] })
  // The shell that becomes the plugin would report in its own words that it cannot.
  checkCommand(command, env.PATH)
  const { file, args } = guarded(
    command,
    textsAt(plugin, 'args'),
    isInteractive ? 'process' : 'group',
  )
  return spawn(file, args, {
    env,
    stdio: [stdin, 'pipe', 'pipe', 'pipe'],
    // A process group in the background cannot read from the terminal.
    detached: !isInteractive,
  })
}

function credentialOf(child: ChildProcess, run: PluginRun, name: string): Promise<Credential> {
  const { plugin, isInteractive, ear, limits } = run
  return new Promise((resolve, reject) => {
    let isGivenUp = false
    const giveUp = () => {
      isGivenUp = true
      killGroup(child)
    }
    let timer = setTimeout(giveUp, limits.wholeMs)
    const shown = new Set<string>()
    const show = (line: string) => {
      if (line.trim() === '' || shown.has(line)) return
      shown.add(line)
      ear.hear(`credential plugin ${name}: ${line}`)
    }
    const shownLater: NodeJS.Timeout[] = []
    const written = listen(child, (line) => {
      if (!isInteractive && !isPrompt(line)) return
      shownLater.push(setTimeout(() => show(withoutCredentials(line)), SHOWN_AFTER_MS))
      if (isInteractive) return
      clearTimeout(timer)
      timer = setTimeout(giveUp, limits.promptMs)
    })
    const stopTimers = () => {
      for (const each of [timer, ...shownLater]) clearTimeout(each)
    }
    child.once('error', (error) => {
      stopTimers()
      reject(notStarted(error, plugin, name))
    })
    child.once('exit', (status, signal) => {
      stopTimers()
      const drained = setTimeout(conclude, DRAIN_MS)
      child.once('close', () => {
        clearTimeout(drained)
        conclude()
      })

      function conclude() {
        stopTimers()
        for (const secret of secretsInOutput(written.output())) ear.onSecret(secret)
        const errorText = withoutCredentials(written.errorText())
        for (const line of errorText.split(LINE_END)) show(line)
        const isTooMuch = written.isTooMuch()
        if (status !== 0 || isTooMuch) {
          const end = { status, signal, isGivenUp, isTooMuch }
          reject(ended(name, errorText.trim(), end))
          return
        }
        try {
          resolve(readCredential(written.output(), textAt(plugin, 'apiVersion') ?? ''))
        } catch (error) {
          reject(wrongAnswer(error, written.output(), name))
        }
      }
    })
  })
}

/** Collects what a plugin writes, up to a bound. */
function listen(child: ChildProcess, onLine: (line: string) => void) {
  let output = ''
  let errorText = ''
  let isCut = false
  let unfinished = ''
  let isTooMuch = false
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    if (output.length + text.length <= MOST_OUTPUT) output += text
    else {
      isTooMuch = true
      child.stdout?.destroy()
      killGroup(child)
    }
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    isCut ||= errorText.length + text.length > MOST_ERROR_TEXT
    errorText = (errorText + text).slice(0, MOST_ERROR_TEXT)
    const lines = (unfinished + text).slice(-MOST_ERROR_TEXT).split(LINE_END)
    unfinished = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  })
  return {
    output: () => output,
    // Half a credential at the cut would not be recognized.
    errorText: () => (isCut ? errorText.replace(/[^\r\n]*$/, '') : errorText),
    isTooMuch: () => isTooMuch,
  }
}

function killGroup(plugin: ChildProcess): void {
  if (plugin.pid === undefined) return
  try {
    if (GUARDS) process.kill(-plugin.pid, 'SIGKILL')
    else plugin.kill('SIGKILL')
  } catch {
    // It has ended, or it has no group of its own and is ended alone.
    plugin.kill('SIGKILL')
  }
}
