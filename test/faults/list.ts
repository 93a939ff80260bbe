/** Where a test orders a fault: its title stands in the file, and what orders the fault in the test behind it. */
export type CheckTask = { file: string; title: string; orders: string }

export type Fault = {
  what: string
  /** On the sandbox, or where the fault is the client's own on this machine. */
  sandbox: readonly CheckTask[]
  /** On the real mesh. */
  real: readonly CheckTask[]
}

const SHARED = 'kit/faults/api-faults.ts'
const JOURNAL = 'test/journal/journal.test.ts'
const ROLLBACK = 'test/rollout/rollback.test.ts'
const SHIFT = 'test/rollout/shift.test.ts'
const OWN_REPLIES = 'test/faults/own-replies.long.ts'
const NOTICES = 'test/host/notices/run-notices.test.ts'
const COMMENT = 'test/host/comment/write-comment.test.ts'
const HIDDEN_ERRORS = 'test/faults/hidden-errors.long.ts'
const DESTINATIONS = 'test/faults/destinations.long.ts'
const JOBS_END = 'test/rollout/jobs/bad-ends.long.ts'
const REAL_JOBS = 'e2e/suite/jobs-faults.test.ts'
const REAL_KILLED = 'e2e/suite/killed.test.ts'
const REAL_SHIFT = 'e2e/suite/shift.test.ts'

function check(file: string, title: string, orders: string): CheckTask {
  return { file, title, orders }
}

/** A fault of the API server: the same tests on the sandbox and on the real one behind a proxy. */
function api(what: string, title: string, orders: string, ...more: CheckTask[]): Fault {
  const shared = check(SHARED, title, orders)
  return { what, sandbox: [shared, ...more], real: [shared] }
}

/** A fault of what the API server answers to a run that has written: as `api`. */
function restore(what: string, title: string, orders: string, ...more: CheckTask[]): Fault {
  const shared = check('kit/faults/restore-faults.ts', title, orders)
  const real = more.filter(({ file }) => file.startsWith('e2e/'))
  const sandbox = more.filter((one) => !real.includes(one))
  return { what, sandbox: [shared, ...sandbox], real: [shared, ...real] }
}

/** Everything that a run must survive, by its number, and the tests that order it. */
export const FAULTS: Readonly<Record<number, Fault>> = {
  1: api('conflict', 'fault 1: a conflict (409)', 'label('),
  2: api(
    '429 and 5xx with Retry-After',
    'fault 2: an API server that names the time to come back',
    'retryAfterSeconds: 1',
  ),
  3: api('500 and 503', 'fault 3: an API server that fails', 'respond(status)'),
  4: api(
    'the connection drops after the PATCH was sent',
    'fault 4: a write that is carried out and whose answer',
    'droppedAfter()',
  ),
  5: api(
    'a hanging API',
    'fault 5: an API server that hangs',
    'hangs(',
    check(
      'test/faults/in-time.long.ts',
      'a run ends with its time and the reserve of a rollback',
      'hangingFrom(',
    ),
  ),
  6: api(
    '401 in mid-run',
    'fault 6: credentials that are refused in mid-run (401)',
    'respond(401)',
  ),
  7: api(
    '401 at the rollback',
    'fault 7: credentials that are refused at the rollback (401)',
    'respond(401)',
  ),
  8: api('an admission webhook denies', 'fault 8: an admission webhook that denies', 'deniedBy('),
  9: api(
    'a webhook is unreachable',
    'fault 9: an admission webhook that cannot be reached',
    'webhookFails(',
  ),
  10: api('schema 422', 'fault 10: a schema that refuses (422)', 'respond(422'),
  11: api('403', 'fault 11: a missing right (403)', 'respond(403)'),
  12: api(
    'no such CRD, object, namespace',
    'fault 12: an object that is not there',
    'servesOnly()',
  ),
  13: api(
    'only v1alpha3 or v1beta1 served',
    "fault 13: an API server that knows Istio's objects by",
    'servesOnly(version)',
  ),
  14: api(
    'object deleted in mid-run',
    'fault 14: an object that is deleted in mid-run',
    'remove()',
  ),
  15: api(
    'object recreated in mid-run',
    'fault 15: an object that is deleted and recreated in mid-run',
    'recreate()',
  ),
  16: {
    what: 'a controller reverts the weights',
    sandbox: [
      check(
        ROLLBACK,
        'is not claimed where a controller has restored the previous weights and left the journal: it is named',
        "'argocd-controller'",
      ),
      check(
        SHIFT,
        'leaves weights that somebody else wrote in between, and says who',
        "'argocd-controller'",
      ),
    ],
    real: [
      check(
        REAL_SHIFT,
        'weights that another client writes in between stay, and the run names the client',
        'api.call',
      ),
    ],
  },
  17: {
    what: 'an entry inserted above',
    sandbox: [
      check(
        JOURNAL,
        'a rule that another client inserts above does not keep the rollback from restoring',
        'spec.tcp.unshift',
      ),
    ],
    real: [],
  },
  18: {
    what: 'SIGINT or SIGTERM at any point',
    sandbox: [
      check(
        'test/faults/cancelled.long.ts',
        'at call %i, %s it is carried out, leaves the object as it began or as it was asked to be',
        'cancelAt(nth, moment)',
      ),
      check('test/action.long.ts', 'restores the previous weights on %s', 'kill(signal)'),
      check(
        'test/faults/in-time.long.ts',
        'the built action is gone 7.5 s after SIGINT, its outputs and summary written, and post does not say that it was killed',
        "kill('SIGINT')",
      ),
    ],
    real: [
      check(
        REAL_KILLED,
        'ended by %s restores the previous weights and exits within 7.5 s',
        'kill(signal)',
      ),
    ],
  },
  19: {
    what: 'SIGKILL',
    sandbox: [
      check(
        'test/faults/killed.long.ts',
        'at patch %i, %s, leaves the object as it began or as it was asked to be, once post is over',
        'killAt(nth, moment, late)',
      ),
    ],
    real: [check(REAL_KILLED, 'is rolled back by post', 'killedStep()')],
  },
  20: {
    what: 'main still alive in post',
    sandbox: [
      check(
        ROLLBACK,
        'keeps a run that is still alive from writing again',
        'annotations: { [FENCE]',
      ),
      check(
        'test/action.long.ts',
        'makes a write of the killed run that is still in transit fail',
        'go.reached',
      ),
    ],
    real: [],
  },
  21: {
    what: 'no post either',
    sandbox: [
      check(JOURNAL, 'that has expired is rolled back before the run continues', 'leaveDeadRun()'),
      check(
        JOURNAL,
        'of an earlier attempt of the same run is rolled back although it has not expired',
        'leaveDeadRun(',
      ),
    ],
    real: [
      check(
        REAL_KILLED,
        'is rolled back first by a later attempt of the same workflow run',
        'killedStep()',
      ),
    ],
  },
  22: api('two runs race', 'fault 22: two runs at once', "id: 'b'"),
  23: api('the rollback fails k times', 'fault 23: a rollback that fails', 'whenWritten('),
  24: {
    what: 'a hostile reply',
    sandbox: [
      check(
        'test/faults/hostile.long.ts',
        'fault 24: a reply as an attacker would write it',
        "kind: 'reply'",
      ),
    ],
    real: [],
  },
  25: {
    what: 'every way in which a probe can end',
    sandbox: [
      check(
        DESTINATIONS,
        '%s are a class of their own, and fail the check',
        "faults.destination('v2', fault)",
      ),
      check(DESTINATIONS, 'are answered %s are good ones', "faults.destination('v2', fault)"),
      check(DESTINATIONS, '%s stop the run before it writes', 'faults.gateway(fault)'),
      check(
        'test/evidence/probe/tcp/tcp-dial.test.ts',
        'by 10 MB without a line feed is closed at 64 KiB',
        '1 << 20',
      ),
    ],
    real: [
      check(
        'e2e/suite/dead-version.test.ts',
        'a v2 that does not answer fails the step at once, with a diagnosis, and the previous weights are restored within two seconds of the write',
        "deadVersion('v2')",
      ),
    ],
  },
  26: {
    what: "the client's own limits",
    sandbox: [
      check(
        'test/evidence/probe/tcp/tcp-dial.test.ts',
        "beyond the client's own files are the client's limit, no fault of the gateway",
        'ulimit -n 40',
      ),
      check(
        'test/evidence/probe/command/command-dial.long.ts',
        "commands beyond the client's own files are the client's limit",
        'few-files-commands.ts',
      ),
    ],
    real: [
      check(
        'e2e/suite/client-limits.test.ts',
        'a machine without free ports is reported as such, without a message about the gateway',
        'fewPorts()',
      ),
    ],
  },
  27: {
    what: 'DNS failure; an address that never answers beside one that does',
    sandbox: [
      check(
        'test/evidence/probe/reachable-addresses.test.ts',
        'names are looked up in the system, whose own words name one that it does not know',
        "'no..host'",
      ),
      check(
        'test/evidence/probe/reachable-addresses.test.ts',
        'an address that swallows everything is left out once another has answered',
        'DEAD',
      ),
    ],
    real: [
      check(
        'e2e/suite/gateway-choice.test.ts',
        'the answering one of two load balancer addresses is used, and the other one is named',
        'balancer.invalid',
      ),
    ],
  },
  28: {
    what: 'propagation never, slow, flapping',
    sandbox: [
      check(
        SHIFT,
        'is not-propagated where the gateway keeps using the previous weights',
        "'never'",
      ),
      check(SHIFT, 'waits for a gateway that acts late, and says how long it took', "'late'"),
      check(
        DESTINATIONS,
        'serves the previous and the new weights in turns never passes, and the previous ones are restored',
        "'flapping'",
      ),
    ],
    real: [
      check(
        'e2e/suite/istiod.test.ts',
        'because it %s, a shift is not-propagated, and the previous weights are restored',
        'fault()',
      ),
      check(
        'e2e/suite/replicas.test.ts',
        'a run waits for a replica that is two seconds late',
        'configuration().hold()',
      ),
    ],
  },
  29: {
    what: 'one destination without weight',
    sandbox: [
      check(
        SHIFT,
        'brings in a second destination beside a single one without a weight, and passes',
        'mesh()',
      ),
      check(SHIFT, 'puts %s back byte for byte', 'mesh(options)'),
    ],
    real: [
      check(
        REAL_SHIFT,
        "a shift of 20% to v2 passes, as the gateway's own configuration shows",
        "weight: '20'",
      ),
    ],
  },
  30: {
    what: 'weights missing, 0, another sum, three and more',
    sandbox: [
      check(DESTINATIONS, 'with %s is shifted, and restored as it was written', 'leave(weights)'),
      check(SHIFT, 'keeps the proportions of the other destinations', 'THREE'),
      check(SHIFT, 'reads weights that do not sum to 100 as proportions', 'v1: 3, v2: 1'),
    ],
    real: [
      check(
        'e2e/suite/entries.test.ts',
        'can be shifted with a weight for one, and the other two keep their proportions',
        "subset: 'v3'",
      ),
    ],
  },
  34: {
    what: 'a Job that cannot be pulled, scheduled or injected, or is evicted',
    sandbox: [
      check(
        JOBS_END,
        'by the fault %o ends the run before the write, as %s, with a command',
        'sandbox.faults.job(fault)',
      ),
      check(
        JOBS_END,
        'with a sidecar that is never ready ends the run before the write',
        "{ kind: 'never-ready' }",
      ),
      check(
        JOBS_END,
        'a run whose only Pod is evicted restores the weights, and says that it was evicted',
        'sandbox.jobs.evict(',
      ),
    ],
    real: [
      check(REAL_JOBS, 'because a ResourceQuota leaves no room for %s', 'lendQuota(room)'),
      check(
        REAL_JOBS,
        'because of the Pod Security level of the namespace',
        "'job-namespace': RESTRICTED",
      ),
      check(
        REAL_JOBS,
        'the weights are restored when somebody deletes the only one of the %s',
        'disturbed(what, {})',
      ),
      check(
        REAL_JOBS,
        'a run goes on with the other Pod when somebody deletes one',
        "disturbed('pods',",
      ),
      check(
        'e2e/suite/jobs-mesh.test.ts',
        'are named before the write if a sidecar of theirs is never ready',
        'killProcess(PROXY_PODS.client.process)',
      ),
    ],
  },
  35: {
    what: 'metrics that do not answer, or give no number',
    sandbox: [
      check(
        'test/faults/metrics.long.ts',
        '%s after the write is asked for three times, and rolled back',
        'shown = metrics',
      ),
      check(
        'test/faults/metrics.long.ts',
        '%s after the write is rolled back',
        'prometheus.fault = fault',
      ),
      check(
        'test/faults/metrics.long.ts',
        'a server that never answers does not hold up a cancel',
        "kind: 'hangs'",
      ),
      check(
        'test/faults/metrics.long.ts',
        '%s before the write leaves the object as it was',
        'prometheus.fault = fault',
      ),
    ],
    real: [
      check('e2e/suite/metrics.test.ts', 'never let a shift pass', 'WITHOUT_NUMBER'),
      check(
        'e2e/suite/metrics.test.ts',
        'of a server that stops to answer after the write never let a shift pass',
        'SIGSTOP',
      ),
      check(
        'e2e/suite/metrics.test.ts',
        'of a server that refuses connections end the run before the write',
        'other',
      ),
    ],
  },
  36: {
    what: 'a retry that hides errors',
    sandbox: [
      check(
        HIDDEN_ERRORS,
        'fault 36: errors that the retries of a rule hide are not seen, as clients do not see them',
        'share: 0.3',
      ),
      check(
        HIDDEN_ERRORS,
        'fault 36: errors are seen where the retries of a rule are not for them',
        'share: 0.3',
      ),
    ],
    real: [
      check(
        'e2e/suite/health.test.ts',
        'that retries hide are not seen, as clients do not see them, and seen without the retries',
        'retries',
      ),
    ],
  },
  37: {
    what: 'replies that the gateway makes itself',
    sandbox: [
      check(
        OWN_REPLIES,
        'a %d to every request before the write leaves the object as it was, and is shown, with expect: %s',
        "when: 'before-route', status",
      ),
      check(
        OWN_REPLIES,
        'a 503 to every third request after the write is rolled back, with expect: %s',
        'every: 3',
      ),
      check(
        OWN_REPLIES,
        'a version without endpoints is named by the stamp in the replies of the gateway',
        "kind: 'dead'",
      ),
    ],
    real: [
      check(
        'e2e/suite/stamp.test.ts',
        'a gateway that answers every request with 401 ends the run before the write',
        '401',
      ),
    ],
  },
  38: {
    what: 'the kubeconfig leads elsewhere before post',
    sandbox: [
      check(
        'test/faults/killed.long.ts',
        'makes another context current, and post restores in that of the run',
        "writeKubeconfig('other')",
      ),
      check(
        'test/faults/killed.long.ts',
        'sets KUBECONFIG to another file, and post restores by that of the run',
        'post({}, later)',
      ),
    ],
    real: [],
  },
  39: {
    what: 'a credential plugin that waits for a person, or never ends',
    sandbox: [
      check(
        'test/kube/credentials/plugins/exec-plugins.test.ts',
        'is shown while it waits, and is soon ended with what it wrote',
        'sleep 600',
      ),
      check(
        'test/kube/api-server.test.ts',
        'that never ends is killed when the API server is closed',
        'sleep 600',
      ),
    ],
    real: [],
  },
  40: {
    what: 'a proxy, or another party in between, that never answers',
    sandbox: [
      check(
        'test/kube/call-bounds.test.ts',
        'from %s ends after the limit of an attempt, and at once when its signal aborts',
        'silentServer()',
      ),
    ],
    real: [],
  },
  41: api('an answer without an end', 'fault 41: an answer without an end', 'repeat(65 * MIB)'),
  42: api(
    'an answer that is nested too deeply',
    'fault 42: an answer that is nested too deeply',
    'answered(nested)',
  ),
  43: api(
    'a Retry-After of centuries',
    'fault 43: an API server that asks for a pause of centuries',
    'retryAfterSeconds: 1_000_000_000_000',
  ),
  44: {
    what: 'a reader of the output that stalls',
    sandbox: [
      check(
        'test/host/process-end.long.ts',
        'gets the last line and the exit status when it continues to read',
        'PROGRAM',
      ),
      check(
        'test/host/process-end.long.ts',
        'because of Ctrl-S at a terminal does not prevent the process from handling a signal',
        "'\\x13'",
      ),
    ],
    real: [],
  },
  45: restore(
    'reads that are old',
    'fault 45: an API server that answers reads with old versions',
    'match: READ, act: respond(200',
  ),
  46: restore('a refused rollback', 'fault 46: a rollback that is refused', 'act: respond(status)'),
  47: restore(
    'a webhook that takes or changes the journal',
    'fault 47: an admission webhook that',
    'journalEdited(edit)',
  ),
  48: restore(
    'an object that is being deleted',
    'fault 48: an object that is being deleted',
    'changed(deleting)',
  ),
  49: restore(
    'an answer about another object',
    'fault 49: an answer about another object',
    "{ uid: 'other' }",
  ),
  50: restore(
    'a manager that applies server-side',
    'fault 50: a manager that applies the object server-side',
    "apply('gitops')",
    check(
      'e2e/suite/field-owners.test.ts',
      'applies another weight after a rolled-back run without a conflict',
      'apply({ v1: 70',
    ),
  ),
  51: restore(
    'Pods that serve, of which the API server does not know it',
    'fault 51: Pods of which the API server does not know that they serve',
    'match: PODS',
    ...[
      'comes as soon as one of them is',
      'comes at once where the version that the run moved to does not answer either',
    ].map((title) => check('test/rollout/held-restore.test.ts', title, "fail('v1')")),
  ),
  33: {
    what: 'a tunnel to the gateway that breaks',
    sandbox: [
      check(
        'test/rollout/reach/port-forward.test.ts',
        'a tunnel that breaks before the write ends the run, and nothing is written',
        'breakTunnels(sandbox)',
      ),
      check(
        'test/rollout/reach/port-forward.test.ts',
        'a tunnel that breaks after the write ends the run as an error of the cluster, and the weights are restored',
        'breakTunnels(sandbox)',
      ),
      check(
        'test/rollout/reach/port-forward.test.ts',
        'a Pod that ends during the check is not used any more, and the run goes on with the others',
        'sandbox.pods.remove(',
      ),
      check(
        'test/rollout/reach/service-proxy.test.ts',
        'a run whose right to the Service proxy ends during the check is rolled back as an error of the cluster',
        'sandbox.tokens.set(',
      ),
    ],
    real: [
      check(
        'e2e/suite/broken-tunnel.test.ts',
        'a kubelet that ends after the write breaks the tunnels, and the weights are restored',
        "killProcess('kubelet')",
      ),
    ],
  },
  52: {
    what: 'a journal that came with a copy of another object',
    sandbox: [
      check(JOURNAL, '%s is left alone, and it is said how to remove it', 'leaveDeadRun(journal)'),
      check(
        'test/rollout/interrupted/roll-back.test.ts',
        'does not act on a journal %s, and says how to remove it',
        'interruptRun(sandbox, NOW_MS, journal)',
      ),
    ],
    real: [
      check(
        'e2e/suite/roll-back.test.ts',
        'a copy of an object in the middle of a shift is not restored from the copied journal',
        'api.create(',
      ),
    ],
  },
  53: {
    what: 'a rollback while the run lives',
    sandbox: [
      check(
        'test/rollout/interrupted/roll-back.test.ts',
        '%s ends with the reason changed-by-other and does not write again',
        'runOn(sandbox, ROLLBACK)',
      ),
    ],
    real: [
      check(
        'e2e/suite/roll-back.test.ts',
        'a running shift that is rolled back ends as changed-by-other, and the previous weights stay',
        "cli('rollback'",
      ),
    ],
  },
  54: {
    what: 'a controller refuses what was written to a route of the Gateway API',
    sandbox: [
      check(
        'test/rollout/gateway-api/rejected.test.ts',
        'is restored at once where its controller refuses the new generation, with the words of the controller',
        'faults.controller(REJECTS)',
      ),
    ],
    real: [],
  },
  55: {
    what: 'a controller writes no status to a route of the Gateway API',
    sandbox: [
      check(
        'test/rollout/gateway-api/rejected.test.ts',
        'passes by its split where its controller writes no status',
        "kind: 'never-observes'",
      ),
    ],
    real: [],
  },
  56: {
    what: 'the API server refuses Kubernetes Events, or does not answer them',
    sandbox: [
      check(
        NOTICES,
        'need that right in the namespace of the object, which the warning of kubernetes-events: true grants',
        'grant()',
      ),
      check(
        NOTICES,
        'are tried again after a server error, which is no reason to say nothing of the end',
        'faults.api(',
      ),
      check(
        NOTICES,
        'that the API server does not answer delay neither the rollback nor the verdict, and the end by 2 s at most',
        'unanswered(',
      ),
    ],
    real: [],
  },
  57: {
    what: 'GitHub refuses a comment, or asks for a pause, or loses an answer, or does not answer',
    sandbox: [
      check(COMMENT, 'names the permission that lacks', 'github.readOnly()'),
      check(COMMENT, 'waits as long as GitHub asks for: %s', 'github.order('),
      check(
        COMMENT,
        'is tried again, so that a creation whose answer was lost makes no second comment',
        'github.order(',
      ),
      check(
        COMMENT,
        'after a cancel has the time until the second signal of the runner, and no more',
        "github.order(() => 'hang')",
      ),
    ],
    real: [],
  },
  58: {
    what: 'the file of junit cannot be written at the end',
    sandbox: [
      check(
        'test/host/results/junit-file.test.ts',
        'that cannot be written any more at the end is a warning, and the verdict stays',
        'faults.api(',
      ),
    ],
    real: [],
  },
}
