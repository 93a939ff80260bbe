/** Steps of the canary that write nothing and end a job before its shift. Their scripts also run in a plain POSIX shell. */
type Entry = Record<string, unknown>

/** The step whose outputs say which weights are in force, and whether a run is in progress. */
export const NOW = 'now'
/** The step whose output `weights` has every destination of the rule, with 0 for those that it did not have. */
export const FIRST = 'first'

const VERDICT = `steps.${NOW}.outputs.verdict`
const IDLE = `${VERDICT} == 'idle'`
const IN_FORCE = `steps.${NOW}.outputs.weights`

const expression = (text: string) => `\${{ ${text} }}`

/** The lines of a script stay below 88 characters, so that the generated file shows them as they are. */
function script(name: string, env: Record<string, string>, run: string, more: Entry = {}): Entry {
  return { ...more, name, shell: 'bash', env, run }
}

const REFUSE = `refuse() {
  echo "::error::Nothing was written. $*"
  exit 1
}
`

const SHARES = `# Only destinations with a share: one that has 0 may also be missing.
shares() {
  printf '%s' "$1" | grep -o '"[^"]*":[0-9.]*' | grep -v ':0$' | sort
}
`

/** Refuses what GitHub would take for a step that is not given, for no approval, or for no rollback. */
export function refuseInputs(most: number): Entry {
  const env = {
    STEPS: expression('inputs.steps'),
    ENVIRONMENT: expression('inputs.environment'),
    ON_FAILURE: expression('inputs.on-failure'),
  }
  const run = `${REFUSE}number='(100|[1-9]?[0-9](\\.[0-9]{1,2})?)'
list=$(printf '%s' "$STEPS" | tr -d '[:space:]')
if ! printf '%s' "$list" | grep -Eqx "\\\\[$number(,$number){0,${most - 1}}\\\\]"; then
  refuse 'steps must be a JSON list of 1 to ${most} percents, such as [5, 25, 100].'
fi
percents=$(printf '%s' "$list" | tr -d '[]' | tr ',' '\\n')
if ! printf '%s\\n' 0 "$percents" | LC_ALL=C sort -C -u -n; then
  refuse 'steps must be above 0, and each must be above the one before it.'
fi
if [ -z "$ENVIRONMENT" ]; then
  refuse 'environment is empty, so no step would wait for an approval.' \\
    'Set it to an environment that has required reviewers.'
fi
case "$ON_FAILURE" in
  rollback | last-step) ;;
  *) refuse 'on-failure must be rollback or last-step.' ;;
esac
`
  return script('Refuse invalid inputs', env, run)
}

/** The plan skips steps that are below the weight in force, and the jobs would not. */
export function refuseStepsBelow(): Entry {
  const env = {
    STEP: expression('fromJSON(inputs.steps)[0]'),
    SUBSET: expression('inputs.subset'),
    NOW: expression('steps.shift.outputs.previous-weights'),
  }
  const run = `${REFUSE}share=$(printf '%s' "$NOW" | tr -d '{}' | tr ',' '\\n' | grep -F "\\"$SUBSET\\":" || true)
share="\${share##*:}"
if ! printf '%s\\n' "\${share:-0}" "$STEP" | LC_ALL=C sort -C -n; then
  refuse "subset already has $share%, and the first step is $STEP%." \\
    "Leave out the steps below $share%."
fi
`
  return script('Refuse steps below the weight in force', env, run)
}

/** What the canary restores later must be weights that someone meant, and not those of a run that has not ended. */
export function refuseBusy(): Entry {
  const env = { VERDICT: expression(VERDICT), NOW: expression(IN_FORCE) }
  const run = `${REFUSE}if [ "$VERDICT" != idle ]; then
  refuse 'A run is in progress on the object, or was interrupted.' \\
    'Wait until it ends, or roll it back. Then start the canary again.'
fi
if [ -z "$NOW" ]; then
  refuse 'The object has several rules. Set route to one of them.'
fi
`
  return script('Refuse if a run is in progress', env, run)
}

/**
 * Compares the weights in force with those that the canary left. If a run was interrupted, the shift restores the
 * weights from before it, so these count.
 */
export function refuseOthersWeights(first: string, confirmed: readonly string[]): Entry {
  const known = confirmed.map((weights, index) => [`CONFIRMED_${index + 1}`, weights] as const)
  const now = `${IDLE} && ${IN_FORCE} || steps.${NOW}.outputs.previous-weights`
  const env = { NOW: expression(now), FIRST: first, ...Object.fromEntries(known) }
  const names = ['FIRST', ...known.map(([name]) => name)]
  const run = `${REFUSE}${SHARES}for known in \\
${names.map((name) => `  "$${name}"`).join(' \\\n')}
do
  if [ "$(shares "$NOW")" = "$(shares "$known")" ]; then exit 0; fi
done
refuse "The weights in force are $NOW, which this canary did not confirm." \\
  'Someone else wrote them, or the runner of a step was lost.' \\
  "Before the first step, the weights were $FIRST." \\
  'To restore them, run a shift with weights set to this.'
`
  return script('Refuse if someone else changed the weights', env, run)
}

/**
 * The first weights, for every destination that the rule has now. The output `verdict` is set if they are in force, and
 * `weight` if the shift first restores what an interrupted first step wrote: then the rule does not have the subset.
 */
export function composeFirst(first: string, confirmed: string): Entry {
  const env = {
    FIRST: first,
    NOW: expression(IN_FORCE),
    VERDICT: expression(VERDICT),
    CONFIRMED: expression(confirmed),
  }
  const run = `set -f
all="\${FIRST%?}"
for name in $(printf '%s' "$NOW" | grep -o '"[^"]*":'); do
  case "$FIRST" in
    *"$name"*) ;;
    *) all="$all,\${name}0" ;;
  esac
done
if [ "$VERDICT" = idle ] && [ "$(shares "$NOW")" = "$(shares "$all}")" ]; then
  echo 'The weights from before the first step are in force.'
  echo 'verdict=unchanged' >> "$GITHUB_OUTPUT"
elif [ "$VERDICT" != idle ] && [ -z "$CONFIRMED" ] && [ "$all}" != "$FIRST" ]; then
  echo 'weight=0' >> "$GITHUB_OUTPUT"
else
  echo "weights=$all}" >> "$GITHUB_OUTPUT"
fi
`
  return script('Find the weights to restore', env, `${SHARES}${run}`, { id: FIRST })
}
