import { RateLimitTimeout } from './requestQueue';
import { InvalidInput, ExecutionCancelled, type RequestFailure } from './errors';
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
const DEFECT = /^(Type|Reference|Range|Syntax|Eval)Error$/;

/** Codes of requests that end while or after they are sent (Node.js, axios). */
const CONNECTED =
	/^(ECONNRESET|EPIPE|ECONNABORTED|ETIMEDOUT|ERR_CANCELED|ERR_BAD_RESPONSE|ERR_STREAM_.*|HPE_.*|Z_.*)$/;

/** How Node.js words the end of a connection before it was secure; its code is that of any broken one. */
const BEFORE_SECURE = /before secure TLS connection was established/;

/** The target of a connection that failed, as Node.js words it. */
const TARGET = /^(?:connect E\w+ \S*:(\d+)|getaddrinfo E\w+ (\S+))/;

const timeoutFailure = (): RequestFailure => ({ kind: 'timeout', seconds: TIMING.timeout / 1000 });

const toTextOrEmpty = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The error and its causes, the outermost first. */
const listCauses = (error: unknown): ErrorInChain[] => {
	const chain: ErrorInChain[] = [];
	for (let link = error as ErrorInChain | undefined; link && chain.length < 5; link = link.cause)
		chain.push(link);
	return chain;
};

/** Whether a connection that was not made was one to a proxy: to another host or port than the account's. */
const isToProxy = (origin: string, message: string): boolean => {
	const { hostname, port, protocol } = new URL(origin);
	const [, toPort, toHost] = TARGET.exec(message) ?? [];
	const ownPort = port || (protocol === 'https:' ? '443' : '80');
	return (toPort ?? ownPort) !== ownPort || (toHost ?? hostname) !== hostname;
};

/**
 * Why no response came. Only what shows that a connection stood counts as connected: everything else was
 * never sent.
 *
 * @param origin of the account
 * @throws the error itself where the network is not the cause: the user's input, the end of the run, or a
 * defect of code
 */
export function toFailure(error: unknown, origin: string): RequestFailure {
	if (error instanceof RateLimitTimeout) {
		const { waitedMs, refusal } = error;
		return { kind: 'busy', ...refusal, waitedMs, body: undefined };
	}
	if (error instanceof DeadlinePassed) return timeoutFailure();
	const chain = listCauses(error);
	for (const link of chain) {
		if (link instanceof InvalidInput || link instanceof ExecutionCancelled) throw link;
		if (DEFECT.test(toTextOrEmpty(link.name)) && link.code === undefined) throw link;
	}
	const coded = chain.findLast(({ code, httpCode }) =>
		/^[A-Z]/.test(toTextOrEmpty(code ?? httpCode)),
	);
	const code = toTextOrEmpty(coded?.code ?? coded?.httpCode);
	// n8n puts words of its own before those of Node.js, which it keeps in `messages`.
	const message = toTextOrEmpty(coded?.messages?.[0]) || toTextOrEmpty(chain.at(-1)?.message);
	const request = chain.find((link) => link.request)?.request;
	const hasNoSocket = request !== undefined && !request.socket;
	const isSecuring = request?.socket?.secureConnecting;
	const isConnecting =
		(coded?.errors?.[0] ?? coded)?.syscall === 'connect' || message.startsWith('connect ');
	const isUnsent =
		isConnecting || hasNoSocket || isSecuring === true || BEFORE_SECURE.test(message);
	// A status in the place of the code is that of half a response.
	const hasResponse = chain.some(
		({ response, httpCode }) => response ?? /^\d/.test(toTextOrEmpty(httpCode)),
	);
	const connected = hasResponse || (!isUnsent && (isSecuring === false || CONNECTED.test(code)));
	if (connected && /^(ECONNABORTED|ETIMEDOUT)$/.test(code)) return timeoutFailure();
	return {
		kind: 'network',
		code: code || 'unknown',
		connected,
		proxy: !connected && (isToProxy(origin, message) || (code !== '' && hasNoSocket)),
		body: code ? undefined : message,
	};
}
