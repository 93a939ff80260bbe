export type Mode = 'shift' | 'verify' | 'plan' | 'rollback' | 'status'
export type OnFailure = 'rollback' | 'keep' | 'last-step'
