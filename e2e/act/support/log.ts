/** A line of act's log in JSON: a message, and which step of which job it is about. */
type Entry = {
  msg: string
  job?: string
  step?: string
  stage?: 'Pre' | 'Main' | 'Post'
  stepResult?: string
  command?: string
  name?: string
  arg?: string
  content?: string
}

/** What act says of a step that it ran: its main, or its post. */
export type RanStep = {
  /** The job's name; of a matrix, with the number of the entry. */
  job: string
  name: string
  stage: 'Main' | 'Post'
  result: string
  outputs: Readonly<Record<string, string>>
  summary: string
  /** What it printed, as people see it: masked, and with the runner's commands unescaped. */
  text: string
}

/** The steps in the order in which they ended, from a log in JSON. Skipped ones are not there. */
export function stepsIn(log: string): RanStep[] {
  const entries = log.split('\n').filter(Boolean).flatMap(parsed)
  const ended = entries.filter(({ stage, stepResult }) => stage !== undefined && stepResult)
  return ended.flatMap(({ job = '', step = '', stage, stepResult = '' }) => {
    if (stage === undefined || stage === 'Pre') return []
    const own = entries.filter((one) => one.job === job && one.step === step && one.stage === stage)
    const outputs = own.filter(({ command }) => command === 'set-output')
    return {
      job: job.trim(),
      name: step,
      stage,
      result: stepResult,
      outputs: Object.fromEntries(outputs.map(({ name = '', arg = '' }) => [name, arg])),
      summary: own.find(({ command }) => command === 'summary')?.content ?? '',
      text: messages(own),
    }
  })
}

/** The messages of a log in JSON. Act masks only these, not the other fields. */
export function messagesIn(log: string): string {
  return messages(log.split('\n').filter(Boolean).flatMap(parsed))
}

function messages(entries: readonly Entry[]): string {
  return entries
    .map(({ msg }) => msg.replace(/\n$/, ''))
    .join('\n')
    .replaceAll('%0A', '\n')
    .replaceAll('%25', '%')
}

/** None for the lines that act writes before its log begins. */
function parsed(line: string): Entry[] {
  try {
    return [JSON.parse(line) as Entry]
  } catch {
    return []
  }
}

/** Of each step that ran as main its name, its result, and its verdict if it is one of this action. */
export function short(steps: readonly RanStep[]): string[][] {
  return steps
    .filter(({ stage }) => stage === 'Main')
    .map(({ name, result, outputs: { verdict } }) => [
      name,
      result,
      ...(verdict === undefined ? [] : [verdict]),
    ])
}
