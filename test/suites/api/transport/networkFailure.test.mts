/** What users read when a connection fails, by real sockets and TLS servers: what never left n8n is never in doubt. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import tls from 'node:tls';
import { gzipSync } from 'node:zlib';
import { generate } from 'selfsigned';
import { loadN8n } from '../../../engine/n8n.mts';
import { engineGlobal, load, loadFrom } from '../../../engine/outsideJest.mts';
import { since } from '../../../engine/since.mts';
import { findFreePorts } from '../../../n8n/ports.mts';
import type * as NetworkFailure from '../../../../nodes/api/transport/networkFailure.js';
import { builtModule, useTestBed } from '../../../helpers/testBed.mts';
import { leaked } from '../../../helpers/transport/leaks.mts';

const { toFailure } = builtModule<typeof NetworkFailure>('nodes/api/transport/networkFailure.js');
const testBed = useTestBed({ pace: { firstPause: 1, maxPause: 2, timeout: 60_000 } });
const open: Array<Server | Socket> = [];
/** Connections of the case under way. */
let connections = 0;

interface Certificate {
	key: string;
	cert: string;
}
const certificates = {} as Record<'good' | 'otherName' | 'expired', Certificate>;

const certificate = async (name: string, until?: Date): Promise<Certificate> => {
	const pems = await generate([{ name: 'commonName', value: name }], {
		keyType: 'ec',
		extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: name }] }],
		...(until && { notBeforeDate: new Date(0), notAfterDate: until }),
	});
	return { key: pems.private, cert: pems.cert };
};

beforeAll(async () => {
	certificates.good = await certificate('localhost');
	certificates.otherName = await certificate('other.example');
	certificates.expired = await certificate('localhost', new Date(86_400_000));
});

/** Lets this process trust the good certificate, as NODE_EXTRA_CA_CERTS does at its start. */
const { createSecureContext } = tls;
const trust = (): void => {
	tls.createSecureContext = (options) => {
		const context = createSecureContext(options);
		(context.context as { addCACert(cert: string): void }).addCACert(certificates.good.cert);
		return context;
	};
};

beforeEach(() => {
	connections = 0;
});

afterEach(() => {
	for (const one of open.splice(0)) {
		if ('destroy' in one) one.destroy();
		else one.close();
	}
	delete engineGlobal.process.env.HTTPS_PROXY;
	tls.createSecureContext = createSecureContext;
});

const listen = async (server: Server): Promise<number> => {
	open.push(server);
	server.on('connection', (socket: Socket) => {
		open.push(socket);
		connections++;
		socket.on('error', () => undefined);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return (server.address() as AddressInfo).port;
};
/** A server that does this with every connection. */
const sockets = async (onConnection: (socket: Socket) => void) =>
	await listen(createServer(onConnection));
/** … once the first bytes have come. */
const afterBytes = async (act: (socket: Socket) => void) =>
	await sockets((socket) => void socket.once('data', () => act(socket)));
/** A TLS server that does this once the request has come; its certificate is trusted here. */
const afterRequest = async (act: (secure: Socket, raw: Socket | undefined) => void) => {
	trust();
	let raw: Socket | undefined;
	const server = tls.createServer(certificates.good, (secure) => {
		secure.on('error', () => undefined);
		secure.once('data', () => act(secure, raw));
	});
	server.on('connection', (socket: Socket) => (raw = socket));
	return await listen(server as Server);
};
const tlsWith = async (options: object) => {
	const server = tls.createServer({ ...certificates.good, ...options });
	server.on('tlsClientError', () => undefined);
	return await listen(server as Server);
};
/** The address of an account behind this proxy. */
const behind = (port: number | string, scheme = 'http'): string => {
	engineGlobal.process.env.HTTPS_PROXY = `${scheme}://${typeof port === 'number' ? `127.0.0.1:${port}` : port}`;
	return 'https://yourcompany.example';
};
const tunnel = async (act: (socket: Socket) => void) =>
	behind(
		await afterBytes((socket) => {
			socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
			socket.once('data', () => act(socket));
		}),
	);

const respond =
	(head: string, body: string | Buffer = '') =>
	(socket: Socket): void => {
		socket.write(`HTTP/1.1 ${head}\r\nconnection: close\r\n\r\n`);
		socket.end(body);
	};

const CREATE = {
	resource: 'company',
	operation: 'create',
	fieldsMode: 'json',
	body: '{"name":"A"}',
};
const GET = {
	resource: 'company',
	operation: 'get',
	output: 'all',
	recordId: { __rl: true, mode: 'id', value: '1' },
};

const run = async (parameters: object, domain: string, more: object = {}) => {
	const credentials = { teamogyApi: { ...testBed.sandbox.credential, domain } };
	const result = await testBed.run(parameters, { credentials, ...more });
	expect(leaked(testBed.sandbox.apiKey, result, result.error?.description)).toBeUndefined();
	return result;
};

/** From this version on n8n's error keeps its cause, without which some endings cannot be told apart. */
const CAUSES = since('2.34');

interface Case {
	/** Sets up what is to go wrong, and gives the domain of the account. */
	domain: () => Promise<string>;
	message: RegExp;
	/** Tries of a read; 1 where it is told at once. */
	tries?: number;
	/** As far as n8n tells it from a connection that stood. */
	needsCause?: boolean;
	timeoutMs?: number;
}

const https = (port: number): string => `https://localhost:${port}`;
const http = (port: number): string => `http://127.0.0.1:${port}`;

const NOT_SECURE = /^No secure connection to Teamogy could be made/;
const BAD_CERTIFICATE = /^The security certificate of the Teamogy domain is not valid/;
const NO_PROXY = /^The proxy between n8n and Teamogy could not be reached/;
const NOT_SENT = /^The request for .* could not be sent/;

const NEVER_SENT: Record<string, Case> = {
	'http where https should be': {
		domain: async () => https(await afterBytes(respond('400 Bad Request'))),
		message: NOT_SECURE,
	},
	'the handshake is closed half-way': {
		domain: async () => https(await afterBytes((socket) => socket.end())),
		message: NOT_SECURE,
	},
	'the handshake is reset half-way': {
		domain: async () => https(await afterBytes((socket) => socket.resetAndDestroy())),
		message: NOT_SECURE,
		needsCause: true,
	},
	'the connection is reset at once': {
		domain: async () => https(await sockets((socket) => socket.resetAndDestroy())),
		message: NOT_SECURE,
		needsCause: true,
	},
	'the handshake is never answered': {
		domain: async () => https(await sockets(() => undefined)),
		message: NOT_SECURE,
		timeoutMs: 3000,
		needsCause: true,
	},
	'a TLS version of long ago': {
		domain: async () =>
			https(
				await tlsWith({
					minVersion: 'TLSv1',
					maxVersion: 'TLSv1.1',
					ciphers: 'DEFAULT@SECLEVEL=0',
				}),
			),
		message: NOT_SECURE,
	},
	'a certificate nobody vouches for': {
		domain: async () => https(await tlsWith({})),
		message: BAD_CERTIFICATE,
	},
	'an expired certificate': {
		domain: async () => https(await tlsWith(certificates.expired)),
		message: BAD_CERTIFICATE,
	},
	'the certificate of another host': {
		domain: async () => https(await tlsWith(certificates.otherName)),
		message: BAD_CERTIFICATE,
	},
	'nobody listens': {
		domain: async () => https((await findFreePorts(1))[0]),
		message: /^No connection to Teamogy could be made/,
		tries: 5,
	},
	'there is no such host': {
		domain: async () => 'https://nowhere.invalid',
		message: /^The domain of the Teamogy account could not be found/,
		tries: 5,
	},
	'nobody listens at the proxy': {
		domain: async () => behind((await findFreePorts(1))[0]),
		message: NO_PROXY,
	},
	'there is no such proxy': {
		domain: async () => behind('proxy.invalid:3128'),
		message: NO_PROXY,
	},
	'the proxy closes the connection': {
		domain: async () => behind(await afterBytes((socket) => socket.end())),
		message: NOT_SENT,
	},
	'the proxy resets the connection': {
		domain: async () => behind(await afterBytes((socket) => socket.resetAndDestroy())),
		message: NO_PROXY,
		needsCause: true,
	},
	'the proxy does not respond': {
		domain: async () => behind(await sockets(() => undefined)),
		message: NO_PROXY,
		timeoutMs: 3000,
		needsCause: true,
	},
	'the proxy is none with TLS': {
		domain: async () => behind(await afterBytes(respond('400 Bad Request')), 'https'),
		message: CAUSES ? NO_PROXY : NOT_SECURE,
	},
	'the handshake through the proxy is closed': {
		domain: async () => await tunnel((socket) => socket.end()),
		message: NOT_SECURE,
	},
	'the handshake through the proxy is reset': {
		domain: async () => await tunnel((socket) => socket.resetAndDestroy()),
		message: NOT_SECURE,
		needsCause: true,
	},
	'the proxy wants a password': {
		domain: async () => behind(await afterBytes(respond('407 Proxy Authentication Required'))),
		message: /^The proxy between n8n and Teamogy wants a user name and a password/,
	},
};

const INTERRUPTED = /^The connection to Teamogy was interrupted during the request for /;

const NO_RESPONSE = /^Teamogy did not answer the request for .* in time/;
/** The HTTP client of n8n 2.0 may wait for more of a body that it cannot unpack, until the request's time is over. */
const MAY_HANG = since('2.0') && !since('2.20');

const MAYBE_SENT: Record<string, Case> = {
	'closed after the request': {
		domain: async () => https(await afterRequest((secure) => secure.end())),
		message: INTERRUPTED,
	},
	'reset after the request': {
		domain: async () => https(await afterRequest((_, raw) => raw?.resetAndDestroy())),
		message: INTERRUPTED,
	},
	'torn within the response': {
		domain: async () =>
			https(
				await afterRequest((secure, raw) => {
					const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99';
					secure.write(`${head}\r\n\r\n{"id"`, () => setTimeout(() => raw?.destroy(), 50));
				}),
			),
		message: INTERRUPTED,
	},
	'never answered': {
		domain: async () => https(await afterRequest(() => undefined)),
		message: NO_RESPONSE,
		timeoutMs: 2000,
		tries: 3,
	},
	'answered with what is no HTTP': {
		domain: async () => http(await afterBytes((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'))),
		message: INTERRUPTED,
	},
	'closed without TLS': {
		domain: async () => http(await afterBytes((socket) => socket.end())),
		message: INTERRUPTED,
	},
	'reset without TLS': {
		domain: async () => http(await afterBytes((socket) => socket.resetAndDestroy())),
		message: INTERRUPTED,
	},
	...(!MAY_HANG && {
		'compressed, and broken': {
			domain: async () =>
				http(
					await afterBytes(
						respond('200 OK\r\ncontent-encoding: gzip', Buffer.alloc(64, gzipSync('{}')).reverse()),
					),
				),
			message: INTERRUPTED,
		},
	}),
};

const DOUBT = /may have (been saved|carried out the request) anyway/;

describe('Never sent', () => {
	it.each(Object.entries(NEVER_SENT))(
		'A request was never sent: %s',
		async (_, { domain, message, ...more }) => {
			const { tries = 1, needsCause, timeoutMs } = more;
			if (needsCause && !CAUSES) return;
			testBed.pace.timeout = timeoutMs ?? 60_000;
			const address = await domain();
			for (const parameters of [CREATE, GET]) {
				const { error, json } = await run(parameters, address);
				expect(error?.message).toMatch(message);
				expect(error?.description).not.toMatch(DOUBT);
				expect(json).toEqual([]);
				const tried = /Tried (\d+) times\./.exec(error?.description ?? '')?.[1] ?? '1';
				expect(Number(tried)).toBe(tries);
				expect(error?.description).not.toContain('Sent');
				// What the status of a proxy says is enough.
				const saysSo = parameters === CREATE && !/Status 407/.test(error?.description ?? '');
				expect(/Nothing was saved/.test(error?.description ?? '')).toBe(saysSo);
			}
		},
	);

	it('A request that was never sent is not remembered as done by Retry On Fail', async () => {
		const address = await NEVER_SENT['the handshake is closed half-way'].domain();
		const retry = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };
		const { error } = await run(CREATE, address, retry);
		expect(error?.message).toMatch(NOT_SECURE);
		expect(connections).toBe(3);
	});

	it("A host that n8n's own protection refuses is explained and was never asked", async () => {
		const { container } = loadN8n();
		const config = loadFrom(load.resolve('n8n-core'))('@n8n/config') as {
			SsrfProtectionConfig?: unknown;
		};
		if (!config.SsrfProtectionConfig || !CAUSES) return;
		const protection = container.get(config.SsrfProtectionConfig) as { enabled: boolean };
		protection.enabled = true;
		try {
			for (const parameters of [CREATE, GET]) {
				const { error } = await run(parameters, https(await sockets(() => undefined)));
				expect(error?.message).toMatch(NOT_SENT);
				expect(error?.description).toMatch(
					/^n8n says: The request was blocked because it resolves/,
				);
				expect(error?.description).toMatch(/ask its administrator to allow the domain/);
				expect(error?.description).not.toMatch(DOUBT);
				expect(error?.description).not.toMatch(/Sent \d/);
			}
			expect(connections).toBe(0);
		} finally {
			protection.enabled = false;
		}
	});

	it('A defect of our own code shows itself', async () => {
		if (!CAUSES) return;
		const { type } = testBed.engine.loader.getCredential('teamogyApi');
		const { authenticate } = type;
		type.authenticate = async () => {
			throw new engineGlobal.TypeError('something is not a function');
		};
		try {
			for (const parameters of [CREATE, GET]) {
				const { error } = await run(parameters, testBed.sandbox.domain);
				expect(error?.message).toBe('something is not a function');
				expect(String(error?.description)).not.toMatch(DOUBT);
			}
			expect(testBed.sandbox.log).toEqual([]);
		} finally {
			type.authenticate = authenticate;
		}
	});
});

describe('Perhaps sent', () => {
	it.each(Object.entries(MAYBE_SENT))(
		'A record may have been saved: the connection is %s',
		async (_, { domain, message, ...more }) => {
			const { tries = testBed.pace.maxTries, timeoutMs } = more;
			testBed.pace.timeout = timeoutMs ?? 60_000;
			const address = await domain();
			const retry = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };
			const { error } = await run(CREATE, address, retry);
			expect(error?.message).toMatch(message);
			expect(error?.description).toMatch(DOUBT);
			expect(connections).toBe(1);
			connections = 0;
			expect((await run(GET, address)).error?.message).toMatch(message);
			expect(connections).toBe(tries);
		},
	);
});

/** Before 2.34 n8n drops the cause of its error, and leaves the code and the words of Node.js. */
describe('A failure of which n8n leaves the words alone', () => {
	const ORIGIN = 'https://yourcompany.teamogy.com';
	const read = (words: string) =>
		toFailure({ httpCode: words.split(' ')[1], messages: [words] }, ORIGIN);

	it.each(['read EHOSTUNREACH', 'read ENETUNREACH', 'write ENETDOWN', 'write ENOBUFS'])(
		'The request may have been sent: %s',
		(words) => expect(read(words)).toMatchObject({ kind: 'network', connected: true }),
	);

	it.each([
		'connect EHOSTUNREACH 192.0.2.1:443',
		'connect ETIMEDOUT 192.0.2.1:443',
		'getaddrinfo ENOTFOUND yourcompany.teamogy.com',
	])('The request was not sent: %s', (words) =>
		expect(read(words)).toMatchObject({ kind: 'network', connected: false, proxy: false }),
	);
});
