import { type ChildProcess, spawn } from 'node:child_process'
import { shownCommand } from '../../../problem/may-be-shown.ts'
import { type Json, objectsAt, textAt, textsAt } from '../../json.ts'
import { CredentialsError } from '../credentials-error.ts'
import { fileOf, hasCarriageReturn } from './command-file.ts'
import { type Credential, readCredential } from './exec-credential.ts'
import { secretsInOutput } from './plugin-output.ts'
import { isPrompt, withoutCredentials } from './plugin-text.ts'

/** A process group of its own, which can be killed as one. */
const GROUPS = process.platform !== 'win32'
const MOST_OUTPUT = 1024 * 1024
const MOST_COMPLAINT = 64 * 1024
/** How long its output is waited for after it ended: what it left running may hold it open. */
const DRAIN_MS = 200
/**
 * Lines of standard error are held until the plugin ends: before that, a token in them is not known for one. What asks a
 * person for something is shown earlier, where the plugin still waits after so long.
 */
const SHOWN_AFTER_MS = 1000
const LINE_END = /\r?\n|\r/

/** How one start of a credential plugin is done. */
export type PluginRun = {
  plugin: Json | undefined
  /** It may read from the terminal. */
  isInteractive: boolean
  ear: PluginEar
  limits: PluginLimits
}

/** Who listens to plugins. */
export type PluginEar = {
  /** Told each line of standard error, without credentials. */
  hear: (line: string) => void
  /** Told everything that may be a credential before `hear` is told a line that may repeat it. */
  onSecret: (secret: string) => void
}

/** Milliseconds that a plugin is given: in all, and from a prompt on that no person can answer. */
export type PluginLimits = { wholeMs: number; promptMs: number }

/** A plugin that runs: what it will give, and a way to end it with all that it started. */
export type RunningPlugin = { name: string; credential: Promise<Credential>; kill(): void }

/** Starts a credential plugin. Fails with words: the platform's own repeat an argument that it does not take. */
export function runPlugin(run: PluginRun): RunningPlugin {
  const name = shownCommand(textAt(run.plugin, 'command') ?? '')
  let child: ChildProcess
  try {
    child = started(run)
  } catch (error) {
    throw notStarted(error, run.plugin, name)
  }
  return { name, credential: credentialOf(child, run, name), kill: () => killGroup(child) }
}

function started({ plugin, isInteractive }: PluginRun): ChildProcess {
  // A plugin does not get the step's inputs, the kubeconfig among them.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:INPUT|STATE)_/.test(name)),
  )
  for (const variable of objectsAt(plugin, 'env'))
    env[textAt(variable, 'name') ?? ''] = textAt(variable, 'value')
  return spawn(textAt(plugin, 'command') ?? '', textsAt(plugin, 'args'), {
    env,
    stdio: [isInteractive ? 'inherit' : 'ignore', 'pipe', 'pipe'],
    // A process group in the background may not read from the terminal.
    detached: GROUPS && !isInteractive,
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
    const replyCounts = listen(child, (line) => {
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
        for (const secret of secretsInOutput(replyCounts.output())) ear.onSecret(secret)
        const complaint = withoutCredentials(replyCounts.complaint())
        for (const line of complaint.split(LINE_END)) show(line)
        const isTooMuch = replyCounts.isTooMuch()
        if (status !== 0 || isTooMuch) {
          const end = { status, signal, isGivenUp, isTooMuch }
          reject(ended(name, complaint.trim(), end))
          return
        }
        try {
          resolve(readCredential(replyCounts.output(), textAt(plugin, 'apiVersion') ?? ''))
        } catch (error) {
          reject(wrongAnswer(error, replyCounts.output(), name))
        }
      }
    })
  })
}

/** Hears a plugin out, up to a bound. */
function listen(child: ChildProcess, onLine: (line: string) => void) {
  let output = ''
  let complaint = ''
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
    isCut ||= complaint.length + text.length > MOST_COMPLAINT
    complaint = (complaint + text).slice(0, MOST_COMPLAINT)
    const lines = (unfinished + text).slice(-MOST_COMPLAINT).split(LINE_END)
    unfinished = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  })
  return {
    output: () => output,
    // Half a credential at the cut would not be recognized.
    complaint: () => (isCut ? complaint.replace(/[^\r\n]*$/, '') : complaint),
    isTooMuch: () => isTooMuch,
  }
}

function notStarted(error: unknown, plugin: Json | undefined, name: string): Error {
  const code =
    error instanceof Error && 'code' in error && typeof error.code === 'string'
      ? error.code
      : 'unknown error'
  const command = textAt(plugin, 'command') ?? ''
  const isThere = code === 'ENOENT' && fileOf(command) !== undefined
  if (isThere)
    return new CredentialsError(
      `the credential plugin ${name} could not be started (ENOENT): the file exists, but the interpreter in its first line was not found${hasCarriageReturn(command) ? ', since that line ends with a carriage return. Convert the file to Unix line endings (dos2unix)' : '. Correct that line, or install what it names'}`,
    )
  const hint = withoutCredentials(textAt(plugin, 'installHint') ?? '').trim()
  const why = code === 'ENOENT' ? 'was not found' : 'could not be started'
  const remedy = hint === '' ? 'Install it, or check PATH and the path in the kubeconfig' : hint
  return new CredentialsError(`the credential plugin ${name} ${why} (${code}). ${remedy}`)
}

function wrongAnswer(error: unknown, output: string, name: string): Error {
  if (error instanceof SyntaxError)
    return new CredentialsError(
      output.trim() === ''
        ? `the credential plugin ${name} exited with status 0 and printed nothing. It must print an ExecCredential (JSON) to standard output`
        : `the credential plugin ${name} printed something other than JSON. Its standard output must be an ExecCredential and nothing else; messages belong on standard error`,
    )
  const why = error instanceof Error ? error.message : String(error)
  return new CredentialsError(`the credential plugin ${name} was run, but ${why}`)
}

type End = {
  status: number | null
  signal: NodeJS.Signals | null
  isGivenUp: boolean
  isTooMuch: boolean
}

function ended(name: string, complaint: string, end: End): Error {
  const says = complaint === '' ? '' : `. It said: ${complaint}`
  if (end.isTooMuch)
    return new CredentialsError(
      `the credential plugin ${name} was ended: its output had no end${says}`,
    )
  if (end.isGivenUp)
    return new CredentialsError(
      `the credential plugin ${name} was ended, since it gave no credentials in time and no person can be asked here${says}`,
    )
  const how = end.signal ? `was ended by ${end.signal}` : `failed with exit code ${end.status}`
  return new Error(`the credential plugin ${name} ${how}${says}`)
}

function killGroup(plugin: ChildProcess): void {
  if (plugin.pid === undefined) return
  try {
    if (GROUPS) process.kill(-plugin.pid, 'SIGKILL')
    else plugin.kill('SIGKILL')
  } catch {
    // All of it has ended by itself, or it has no group of its own: then it alone is ended.
    plugin.kill('SIGKILL')
  }
}
