export const MODES = ['shift', 'verify', 'plan', 'rollback', 'status'] as const
export type Mode = (typeof MODES)[number]
export type OnFailure = 'rollback' | 'keep' | 'last-step'

export function isMode(word: string | undefined): word is Mode {
  return MODES.some((mode) => mode === word)
}
