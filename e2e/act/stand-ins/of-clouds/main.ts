import { appendFileSync } from 'node:fs'

const { env } = process
const { GITHUB_ACTION_REPOSITORY: action, GITHUB_ENV: variables, GITHUB_OUTPUT: outputs } = env
// act runs a copy of this file, so the path of what it shares with other tests is absolute.
const { standInFor } = await import(env.PROVIDERS ?? '')
const inputs = Object.fromEntries(
  Object.entries(env).flatMap(([name, text]) =>
    name.startsWith('INPUT_') ? [[name.slice('INPUT_'.length).toLowerCase(), text]] : [],
  ),
)
const place = { workspace: process.cwd(), reports: env.RUNNER_TEMP, commands: env.COMMANDS }
const done = standInFor({ uses: `${action}@${'0'.repeat(40)}` })(inputs, place)
write(variables, done.exported)
write(outputs, done.outputs)

function write(file: string | undefined, values: Readonly<Record<string, string>> = {}): void {
  for (const [name, text] of Object.entries(values)) appendFileSync(file ?? '', `${name}=${text}\n`)
}
