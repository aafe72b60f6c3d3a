import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import attempt from 'lodash/attempt.js';
import isError from 'lodash/isError.js';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { retryAfterHeader, type Budget } from './budget.mts';
import { buildFaultResponse, takesEffect, tooLargeMessage, type Faults } from './faults.mts';
import { checkHead, missingToken, pack } from './gateway.mts';
import { decodeQuery, parseQuery } from './query.mts';
import { ENTITIES } from './config.mts';
import { handleEntity, readView, type World } from './routes.mts';
import { Refusal, type SandboxResponse, type FaultRule, type LoggedRequest } from './types.mts';
import { VIEWS } from './views.mts';

declare module 'fastify' {
	interface FastifyRequest {
		logged: LoggedRequest;
		fault?: FaultRule;
	}
}

type Query = Record<string, string>;

export interface Host {
	world(): World;
	faults: Faults;
	budget: Budget;
	/** Called when a request arrives. */
	onRequest(request: LoggedRequest): void;
	/** Called when the response is sent or the connection is gone. */
	onResponse(request: LoggedRequest): void;
}

export interface Listening {
	keepAliveMs: number;
	/** For https, as PEM. */
	certificate?: { key: string; cert: string };
}

/** Builds the HTTP side: log, budget, faults, key and size. The routes build the bodies. */
export function buildServer(host: Host, listening: Listening) {
	const app = buildApp(listening);
	addRequestHooks(app, host, listening);
	addRoutes(app, host);
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
		const { fault } = request;
		if (settings.latencyMs > 0) await setTimeout(settings.latencyMs);
		if (fault?.kind === 'slow') await setTimeout(fault.ms ?? 1000);
		const proper = limitSize(reply, payload as Buffer, settings);
		const faultyBody = fault && (await applyFault(fault, request, reply, proper, settings));
		const body = faultyBody ?? pack(request, reply, proper, settings);
		request.logged.status = reply.statusCode;
		return body;
	});
	return app;
}

type App = ReturnType<typeof buildApp>;

function buildApp({ keepAliveMs, certificate }: Listening) {
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
		// Fastify responds to a path that cannot be decoded without any hook; here it is an unknown path and logged.
		rewriteUrl: ({ url = '' }) =>
			isError(attempt(decodeURIComponent, url.split('?')[0])) ? '/' : url,
		clientErrorHandler: refuseUnreadable,
	});
	app.removeAllContentTypeParsers();
	app.addContentTypeParser('*', { parseAs: 'string' }, (request, body, done) => {
		request.logged.rawBody = String(body);
		done(null, parseJson(String(body)));
	});
	return app;
}

function addRequestHooks(app: App, host: Host, { keepAliveMs }: Listening): void {
	app.addHook('onRequest', async (request, reply) => {
		request.logged = buildLogEntry(request);
		host.onRequest(request.logged);
		reply.raw.once('close', () => host.onResponse(request.logged));
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
		if (request.fault) logged.fault = request.fault.kind;
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
}

function addRoutes(app: App, host: Host): void {
	/** Responds with what `build` gives for the query, or with what a test puts in its place. */
	const handle =
		(build: (world: World, request: FastifyRequest, query: Query) => SandboxResponse) =>
		async (request: FastifyRequest, reply: FastifyReply) => {
			const world = host.world();
			const { strict, interpose } = world.settings;
			checkUnit(world, (request.params as { unit: string }).unit);
			const received = parseQuery(request.logged.url, strict);
			const proceed = (query = received) => build(world, request, query);
			const { status, body } = interpose ? interpose(request.logged, proceed) : proceed();
			return send(reply, status, body);
		};
	app.all(
		'/rest/v1/:unit/views/:view',
		handle((world, { logged, fault }, query) => {
			const stride = fault?.kind === 'stride' ? fault.rows : undefined;
			return { status: 200, body: readView(world, logged, query, stride) };
		}),
	);
	app.all(
		'/rest/v1/:unit/:entity',
		handle((world, { logged }, query) => handleEntity(world, logged, query)),
	);
}

/** Whether the gateway knows the path and the method. */
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

/** What a fault sends in place of the proper response; undefined where it sends the proper one. */
async function applyFault(
	fault: FaultRule,
	request: FastifyRequest,
	reply: FastifyReply,
	payload: Buffer,
	settings: World['settings'],
): Promise<Buffer | undefined> {
	if (breaks(fault)) {
		breakOff(fault, request);
		return await NEVER;
	}
	const half = payload.subarray(0, Math.floor(payload.length / 2));
	if (fault.kind === 'cut') return half;
	if (fault.kind === 'torn' || fault.kind === 'stall') {
		reply.raw.writeHead(reply.statusCode, { 'content-length': payload.length });
		reply.raw.write(half, () => void (fault.kind === 'torn' && request.raw.socket.destroy()));
		return await NEVER;
	}
	const response = buildFaultResponse(fault, request.logged, settings);
	if (!response) return undefined;
	reply.code(response.status).headers(response.headers);
	if (response.reason) reply.raw.statusMessage = response.reason;
	return Buffer.from(response.body);
}

const NEVER = new Promise<never>(() => {});

function limitSize(reply: FastifyReply, payload: Buffer, settings: World['settings']): Buffer {
	const { maxResponseBytes, tooLargeStatus } = settings;
	if (payload.length <= maxResponseBytes) return payload;
	reply.code(tooLargeStatus);
	return Buffer.from(JSON.stringify({ message: tooLargeMessage(tooLargeStatus) }));
}

/** Refuses what Node.js cannot read as HTTP, such as a raw space in the URL. It becomes no request and is not logged. */
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

function buildLogEntry(request: FastifyRequest): LoggedRequest {
	const url = request.originalUrl;
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

function parseJson(body: string): unknown {
	try {
		return JSON.parse(body) as unknown;
	} catch {
		return undefined;
	}
}
