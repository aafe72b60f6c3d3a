import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import type { Budget } from './budget.mts';
import { retryAfterHeader } from './budget.mts';
import { spoiltAnswer, takesEffect, tooLargeMessage, type Faults } from './faults.mts';
import { checkHead, missingToken, pack } from './gateway.mts';
import { decodeQuery, parseQuery } from './query.mts';
import { ENTITIES } from './config.mts';
import { answerEntity, answerView, type World } from './routes.mts';
import { Refusal, type Answered, type FaultRule, type LoggedRequest } from './types.mts';
import { VIEWS } from './views.mts';

declare module 'fastify' {
	interface FastifyRequest {
		logged: LoggedRequest;
		fault?: FaultRule;
	}
}

export interface Host {
	world(): World;
	faults: Faults;
	budget: Budget;
	arrived(request: LoggedRequest): void;
	answered(request: LoggedRequest): void;
}

export interface Listening {
	keepAliveMs: number;
	/** For https, as PEM. */
	certificate?: { key: string; cert: string };
}

/** The HTTP side: logs, budget, faults, key, size; what is answered is said in the routes. */
export function makeServer(host: Host, { keepAliveMs, certificate }: Listening) {
	const app = Fastify({
		serverFactory: (handler) => {
			const settings = {
				maxHeaderSize: 1024 * 1024,
				keepAliveTimeout: keepAliveMs || 1,
				...certificate,
			};
			return certificate ? createTlsServer(settings, handler) : createServer(settings, handler);
		},
		forceCloseConnections: true,
		bodyLimit: 64 * 1024 * 1024,
		exposeHeadRoutes: false,
		routerOptions: { maxParamLength: 1000, querystringParser: () => ({}) },
		clientErrorHandler: refuseUnreadable,
	});
	app.removeAllContentTypeParsers();
	app.addContentTypeParser('*', { parseAs: 'string' }, (request, body, done) => {
		request.logged.rawBody = String(body);
		done(null, parsed(String(body)));
	});

	app.addHook('onRequest', async (request, reply) => {
		request.logged = logEntry(request);
		host.arrived(request.logged);
		reply.raw.once('close', () => host.answered(request.logged));
		if (keepAliveMs === 0) reply.header('connection', 'close');
	});

	app.addHook('preHandler', async (request, reply) => {
		const { logged } = request;
		const { settings } = host.world();
		logged.body = request.body;
		checkHead(request, settings.maxHeadBytes);
		if (settings.unknownPaths === 403 && !isKnown(request)) throw missingToken();
		const waitMs = host.budget.take();
		if (waitMs > 0) {
			throw new Refusal(429, 'Too Many Requests', retryAfterHeader(settings.retryAfter, waitMs));
		}
		request.fault = host.faults.match(logged);
		if (request.fault && !takesEffect(request.fault)) {
			if (!breaks(request.fault)) return reply.send('');
			reply.hijack();
			breakOff(request.fault, request);
			return reply;
		}
		if (logged.url.length > settings.maxUrlLength) throw new Refusal(414, 'The URL is too long.');
		if (logged.headers.authorization !== `Bearer ${settings.apiKey}`) {
			throw new Refusal(401, 'The API key is missing or not valid.');
		}
	});

	app.all<{ Params: { unit: string; view: string } }>(
		'/rest/v1/:unit/views/:view',
		async (request, reply) => {
			const { logged, fault } = request;
			checkUnit(host.world(), request.params.unit);
			const query = parseQuery(logged.url, host.world().settings.strict);
			const stride = fault?.kind === 'stride' ? fault.rows : undefined;
			const { status, body } = interposed(host.world(), logged, query, (asked) => ({
				status: 200,
				body: answerView(host.world(), logged, asked, stride),
			}));
			return send(reply, status, body);
		},
	);

	app.all<{ Params: { unit: string; entity: string } }>(
		'/rest/v1/:unit/:entity',
		async (request, reply) => {
			const { logged } = request;
			checkUnit(host.world(), request.params.unit);
			const query = parseQuery(logged.url, host.world().settings.strict);
			const { status, body } = interposed(host.world(), logged, query, (asked) =>
				answerEntity(host.world(), logged, asked),
			);
			return send(reply, status, body);
		},
	);

	app.setNotFoundHandler(async (request) => {
		throw new Refusal(404, `There is nothing at ${request.logged.path}.`);
	});

	app.setErrorHandler(async (caught: Error & { statusCode?: number }, _request, reply) => {
		const refusal =
			caught instanceof Refusal ? caught : new Refusal(caught.statusCode ?? 500, caught.message);
		return send(reply.headers(refusal.headers), refusal.status, { message: refusal.message });
	});

	app.addHook('onSend', async (request, reply, payload) => {
		const { settings } = host.world();
		const sent = payload as Buffer;
		if (settings.latencyMs > 0) await pause(settings.latencyMs);
		const answer = request.fault
			? await spoil(request.fault, request, reply, sent, settings.tooLargeStatus)
			: pack(request, reply, limited(reply, sent, settings), settings);
		request.logged.status = reply.statusCode;
		return answer;
	});

	return app;
}

/** The answer, or what a test puts in its place. */
function interposed(
	{ settings }: World,
	request: LoggedRequest,
	query: Record<string, string>,
	answer: (query: Record<string, string>) => Answered,
): Answered {
	const { interpose } = settings;
	return interpose ? interpose(request, (asked = query) => answer(asked)) : answer(query);
}

/** Whether the gateway knows path and method. */
function isKnown({ method, params, routeOptions }: FastifyRequest): boolean {
	const { view, entity } = params as Record<string, string | undefined>;
	if (routeOptions.url === undefined) return false;
	if (view !== undefined) return method === 'GET' && Object.hasOwn(VIEWS, view);
	return Object.hasOwn(ENTITIES, entity!) && ENTITIES[entity!].includes(method);
}

function breaks(fault: FaultRule): boolean {
	return fault.kind === 'reset' || fault.kind === 'resetAfter' || fault.kind === 'hang';
}

/** Breaks the connection, or leaves it open for ever. */
function breakOff(fault: FaultRule, request: FastifyRequest): void {
	if (fault.kind !== 'hang') request.raw.socket.resetAndDestroy();
}

async function spoil(
	fault: FaultRule,
	request: FastifyRequest,
	reply: FastifyReply,
	payload: Buffer,
	tooLargeStatus: number,
): Promise<unknown> {
	if (breaks(fault)) {
		breakOff(fault, request);
		return new Promise(() => {});
	}
	if (fault.kind === 'slow') await pause(fault.ms ?? 1000);
	const half = payload.subarray(0, Math.floor(payload.length / 2));
	if (fault.kind === 'cut') return half;
	if (fault.kind === 'torn' || fault.kind === 'stall') {
		reply.raw.writeHead(reply.statusCode, { 'content-length': payload.length });
		reply.raw.write(half, () => void (fault.kind === 'torn' && request.raw.socket.destroy()));
		return new Promise(() => {});
	}
	const answer = spoiltAnswer(fault, request.logged, tooLargeStatus);
	if (!answer) return payload;
	reply.code(answer.status).headers(answer.headers);
	if (answer.reason) reply.raw.statusMessage = answer.reason;
	return Buffer.from(answer.body);
}

function limited(reply: FastifyReply, payload: Buffer, settings: World['settings']): Buffer {
	if (payload.length <= settings.maxResponseBytes) return payload;
	reply.code(settings.tooLargeStatus);
	return Buffer.from(JSON.stringify({ message: tooLargeMessage(settings.tooLargeStatus) }));
}

/** What is no HTTP never becomes a request (and is not logged): a raw space in the URL, for one. */
function refuseUnreadable(caught: Error & { code?: string }, socket: Socket): void {
	if (caught.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
	const body = JSON.stringify({
		message: `The request cannot be read (${caught.message}). Characters in the URL must be encoded, a space as %20.`,
	});
	const head = ['HTTP/1.1 400 Bad Request', 'content-type: application/json', 'connection: close'];
	socket.end(`${head.join('\r\n')}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

function send(reply: FastifyReply, status: number, body: unknown): FastifyReply {
	if (body === undefined) return reply.code(status).send(Buffer.alloc(0));
	return reply
		.code(status)
		.header('content-type', 'application/json')
		.send(Buffer.from(JSON.stringify(body)));
}

function checkUnit({ store }: World, text: string): void {
	if (!/^(0|[1-9]\d*)$/.test(text) || !store.find('agencies', Number(text))) {
		const known = store.list('agencies').map((unit) => unit.id);
		throw new Refusal(404, `There is no unit "${text}". Known: ${known.join(', ')}.`);
	}
}

function logEntry(request: FastifyRequest): LoggedRequest {
	const url = request.raw.url ?? '';
	const { unit, view, entity } = (request.params ?? {}) as Record<string, string | undefined>;
	return {
		at: performance.now(),
		method: request.method,
		url,
		path: url.split('?')[0],
		query: decodeQuery(url),
		headers: { ...request.headers },
		body: undefined,
		rawBody: '',
		status: 0,
		applied: false,
		...(view !== undefined && { view }),
		...(entity !== undefined && { entity }),
		...(unit !== undefined && { unit: Number(unit) }),
	};
}

function parsed(body: string): unknown {
	try {
		return JSON.parse(body) as unknown;
	} catch {
		return undefined;
	}
}

function pause(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}
