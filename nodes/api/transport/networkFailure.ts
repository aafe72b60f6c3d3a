import { RateLimitTimeout } from './rateLimiter';
import { InvalidInput, ExecutionCancelled, type RequestFailure } from './errors';
import { TIMING } from './timing';
import { DeadlinePassed } from './cancel';

/** What is known of an error in the chain of causes: n8n's own, then axios', then Node.js'. */
interface ErrorInChain {
	name?: unknown;
	message?: unknown;
	code?: unknown;
	/** Before 2.34 n8n's own error drops its cause; its code and words are left in these two (measured). */
	httpCode?: unknown;
	messages?: unknown[];
	syscall?: unknown;
	/** Where a host has several addresses: how each of them went. */
	errors?: ErrorInChain[];
	/** Of axios' error: the request of Node.js. It has no socket where no connection was made. */
	request?: { socket?: { secureConnecting?: unknown } | null };
	response?: unknown;
	cause?: ErrorInChain;
}

/** What JavaScript itself throws where code is wrong; as a class of another realm, so by name. */
const DEFECT = /^(Type|Reference|Range|Syntax|Eval)Error$/;

/** Codes of requests that end while or after they are sent (Node.js, axios). */
const CONNECTED =
	/^(ECONNRESET|EPIPE|ECONNABORTED|ETIMEDOUT|ERR_CANCELED|ERR_BAD_RESPONSE|ERR_STREAM_.*|HPE_.*|Z_.*)$/;

/** How Node.js words the end of a connection before it was secure; its code is that of any broken one. */
const BEFORE_SECURE = /before secure TLS connection was established/;

/** Where a connection that failed went to, as Node.js words it. */
const TARGET = /^(?:connect E\w+ \S*:(\d+)|getaddrinfo E\w+ (\S+))/;

const timeoutFailure = (): RequestFailure => ({ kind: 'timeout', seconds: TIMING.timeout / 1000 });

const toTextOrEmpty = (value: unknown): string => (typeof value === 'string' ? value : '');

/**
 * Why no answer came. Only what shows that a connection stood counts as connected: everything else was
 * never sent.
 *
 * @param origin of the account; a connection that fails elsewhere is one to a proxy
 * @throws the error itself where it is no matter of the network: the user's input, the end of the run,
 * or a defect of code
 */
export function toFailure(error: unknown, origin: string): RequestFailure {
	if (error instanceof RateLimitTimeout) {
		const { waitedMs, refusal } = error;
		return { kind: 'busy', ...refusal, waitedMs, body: undefined };
	}
	if (error instanceof DeadlinePassed) return timeoutFailure();
	const chain: ErrorInChain[] = [];
	for (let link = error as ErrorInChain | undefined; link && chain.length < 5; link = link.cause)
		chain.push(link);
	for (const link of chain) {
		if (link instanceof InvalidInput || link instanceof ExecutionCancelled) throw link;
		if (DEFECT.test(toTextOrEmpty(link.name)) && link.code === undefined) throw link;
	}
	const named = chain.findLast((link) => /^[A-Z]/.test(toTextOrEmpty(link.code ?? link.httpCode)));
	const code = named ? toTextOrEmpty(named.code ?? named.httpCode) : '';
	// n8n puts words of its own before those of Node.js, which it keeps in `messages`.
	const message = toTextOrEmpty(named?.messages?.[0]) || toTextOrEmpty(chain.at(-1)?.message);
	const connecting =
		(named?.errors?.[0] ?? named)?.syscall === 'connect' || message.startsWith('connect ');
	const request = chain.find((link) => link.request)?.request;
	const isSecure = request?.socket?.secureConnecting;
	// A status in the place of the code is that of half an answer.
	const hasAnswer = chain.some((link) => link.response ?? /^\d/.test(toTextOrEmpty(link.httpCode)));
	const neverSent =
		connecting || (request && !request.socket) || isSecure === true || BEFORE_SECURE.test(message);
	const connected = hasAnswer || (!neverSent && (isSecure === false || CONNECTED.test(code)));
	if (connected && /^(ECONNABORTED|ETIMEDOUT)$/.test(code)) return timeoutFailure();
	const { hostname, port, protocol } = new URL(origin);
	const [, atPort, atHost] = TARGET.exec(message) ?? [];
	const ownPort = port || (protocol === 'https:' ? '443' : '80');
	const proxy =
		(atPort !== undefined && atPort !== ownPort) ||
		(atHost !== undefined && atHost !== hostname) ||
		(code !== '' && request !== undefined && !request.socket);
	return {
		kind: 'network',
		code: code || 'unknown',
		connected,
		proxy: !connected && proxy,
		body: code ? undefined : message,
	};
}
