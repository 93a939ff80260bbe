/** Whether a condition holds. Otherwise a clause without a period says why that cannot be decided. */
export type Answer = boolean | Undecided

export type Undecided = { why: string }

/** False as soon as one does not hold, whatever cannot be decided. */
export function allHold(answers: readonly Answer[]): Answer {
  if (answers.includes(false)) return false
  return answers.find(isUndecided) ?? true
}

export function holdsNot(answer: Answer): Answer {
  return isUndecided(answer) ? answer : !answer
}

export function isUndecided(answer: Answer): answer is Undecided {
  return typeof answer !== 'boolean'
}
