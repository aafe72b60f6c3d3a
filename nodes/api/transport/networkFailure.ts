import { RateLimitTimeout } from './requestQueue';
import { ExecutionCancelled, type NetworkFailure, type RequestFailure } from './errors';
import { InvalidInput } from '../common/invalidInput';
import { TIMING } from './timing';
import { DeadlinePassed } from './cancel';

/** An error in the chain of causes: n8n's own, then axios', then Node.js'. */
interface ErrorInChain {
	name?: unknown;
	message?: unknown;
	code?: unknown;
	/** Before 2.34 n8n's own error drops its cause; its code and words are left in these two (measured). */
	httpCode?: unknown;
	messages?: unknown[];
	syscall?: unknown;
	/** Where a host has several addresses: the error of each. */
	errors?: ErrorInChain[];
	/** Of axios' error: the request of Node.js. It has no socket where no connection was made. */
	request?: { socket?: { secureConnecting?: unknown } | null };
	response?: unknown;
	cause?: ErrorInChain;
}

/** What JavaScript throws for wrong code; by name, since the class may be of another realm. */
const DEFECT_PATTERN = /^(Type|Reference|Range|Syntax|Eval)Error$/;

/** Why no connection was made, by Node.js' codes; the first entry that fits holds. */
export const CONNECTION_CODES = {
	hostNotFound: /^(ENOTFOUND|EAI_AGAIN)$/,
	notReached: /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL|ETIMEDOUT)$/,
	invalidCertificate: /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ALTNAME/,
	notSecure: /^(EPROTO|ECONNRESET|ECONNABORTED|EPIPE|ERR_SSL_.*)$/,
};

type ConnectionProblem = keyof typeof CONNECTION_CODES;

/** Why no connection was made; undefined for a code that does not tell. */
export const findConnectionProblem = (code: string): ConnectionProblem | undefined =>
	(Object.keys(CONNECTION_CODES) as ConnectionProblem[]).find((problem) =>
		CONNECTION_CODES[problem].test(code),
	);

/** Whether a request that was not sent may be sent at the next try. A wrong proxy stays wrong. */
export const mayConnectLater = ({ code, proxy }: NetworkFailure): boolean => {
	const problem = findConnectionProblem(code);
	return !proxy && (problem === 'hostNotFound' || problem === 'notReached');
};

/** Codes of requests that end while or after they are sent (Node.js, axios). */
const CONNECTED_PATTERN =
	/^(ECONNRESET|EPIPE|ECONNABORTED|ETIMEDOUT|ERR_CANCELED|ERR_BAD_RESPONSE|ERR_STREAM_.*|HPE_.*|Z_.*)$/;

/** Stands for the code of an error without one. */
export const UNKNOWN_CODE = 'unknown';

/** How Node.js words the end of a connection before it was secure; its code is that of any broken one. */
const BEFORE_SECURE_PATTERN = /before secure TLS connection was established/;

/** The target of a connection that failed, as Node.js words it. */
const TARGET_PATTERN = /^(?:connect E\w+ \S*:(\d+)|getaddrinfo E\w+ (\S+))/;

const timeoutFailure = (): RequestFailure => ({ kind: 'timeout', seconds: TIMING.timeout / 1000 });

const toTextOrEmpty = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The error and its causes, the outermost first. */
const listCauses = (error: unknown): ErrorInChain[] => {
	const chain: ErrorInChain[] = [];
	for (let link = error as ErrorInChain | undefined; link && chain.length < 5; link = link.cause)
		chain.push(link);
	return chain;
};

/** The call of the system that failed, as Node.js' words begin with it. */
const SYSCALL_PATTERN = /^(connect|getaddrinfo|read|write) /;

/** Reads what the error and its causes tell of the request; undefined is unknown. */
const readEvidence = (chain: ErrorInChain[]) => {
	const coded = chain.findLast(({ code, httpCode }) =>
		/^[A-Z]/.test(toTextOrEmpty(code ?? httpCode)),
	);
	// n8n puts words of its own before those of Node.js, which it keeps in `messages`.
	const message = toTextOrEmpty(coded?.messages?.[0]) || toTextOrEmpty(chain.at(-1)?.message);
	const request = chain.find((link) => link.request)?.request;
	return {
		/** Of Node.js, axios or n8n; empty without one. */
		code: toTextOrEmpty(coded?.code ?? coded?.httpCode),
		message,
		syscall: (coded?.errors?.[0] ?? coded)?.syscall ?? SYSCALL_PATTERN.exec(message)?.[1],
		hasSocket: request && Boolean(request.socket),
		/** Node.js: true during the TLS handshake; without TLS undefined. */
		secureConnecting: request?.socket?.secureConnecting,
		// A status in the place of the code is that of half a response.
		hasResponse: chain.some(
			({ response, httpCode }) => response ?? /^\d/.test(toTextOrEmpty(httpCode)),
		),
	};
};

type Evidence = ReturnType<typeof readEvidence>;

/** What proves whether a connection was ready for the request, over TLS a secure one. The first fact that holds decides. */
const CONNECTION_FACTS: ReadonlyArray<
	[connected: boolean, holds: (evidence: Evidence) => boolean]
> = [
	[true, ({ hasResponse }) => hasResponse],
	[false, ({ hasSocket }) => hasSocket === false],
	[false, ({ syscall }) => syscall === 'connect'],
	[false, ({ secureConnecting }) => secureConnecting === true],
	[false, ({ message }) => BEFORE_SECURE_PATTERN.test(message)],
	[true, ({ secureConnecting }) => secureConnecting === false],
	// What is no TLS ends the handshake while Node.js writes.
	[false, ({ code }) => code === 'EPROTO'],
	[true, ({ syscall }) => syscall === 'read' || syscall === 'write'],
	[true, ({ code }) => CONNECTED_PATTERN.test(code)],
];

/** Whether a connection existed, so that Teamogy may have seen the request. */
const isConnected = (evidence: Evidence): boolean =>
	CONNECTION_FACTS.find(([, holds]) => holds(evidence))?.[0] ?? false;

/** Whether a connection to a proxy failed: without a socket, or to another host or port than the account's. */
const isToProxy = (origin: string, { code, message, hasSocket }: Evidence): boolean => {
	const { hostname, port, protocol } = new URL(origin);
	const [, toPort, toHost] = TARGET_PATTERN.exec(message) ?? [];
	const ownPort = port || (protocol === 'https:' ? '443' : '80');
	const isElsewhere = (toPort ?? ownPort) !== ownPort || (toHost ?? hostname) !== hostname;
	return isElsewhere || (code !== '' && hasSocket === false);
};

/**
 * Why no response came. A failure is `connected` where a fact proves that a connection was ready for the request. Any other
 * request counts as never sent: n8n refused it, or no connection was made.
 *
 * @param origin of the account
 * @throws the error itself where the network is not the cause: the user's input, the end of the run, or a
 * defect of code
 */
export function toFailure(error: unknown, origin: string): RequestFailure {
	if (error instanceof RateLimitTimeout) {
		const { waitedMs, lastResponse } = error;
		return { kind: 'throttled', ...lastResponse, waitedMs, body: undefined };
	}
	if (error instanceof DeadlinePassed) return timeoutFailure();
	const chain = listCauses(error);
	for (const link of chain) {
		if (link instanceof InvalidInput || link instanceof ExecutionCancelled) throw link;
		if (DEFECT_PATTERN.test(toTextOrEmpty(link.name)) && link.code === undefined) throw link;
	}
	const evidence = readEvidence(chain);
	const { code, message } = evidence;
	const connected = isConnected(evidence);
	if (connected && /^(ECONNABORTED|ETIMEDOUT)$/.test(code)) return timeoutFailure();
	return {
		kind: 'network',
		code: code || UNKNOWN_CODE,
		connected,
		proxy: !connected && isToProxy(origin, evidence),
		body: code ? undefined : message,
	};
}
