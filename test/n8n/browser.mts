/** A real browser, logged in to an n8n under test, that can reach nothing but loopback. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium, type Locator, type Page, selectors } from 'playwright-core';
import type { Runtime } from './cache.mts';
import type { N8n } from './instance.mts';

/** A part of the page, in its pixels. */
export type Box = NonNullable<Awaited<ReturnType<Locator['boundingBox']>>>;

export interface Browser {
	page: Page;
	/** Keeps what the page shows, or a part of it, as <name>.png; gives the file. */
	picture(name: string, clip?: Box): Promise<string>;
	/** What a page asked for that is not loopback. It did not get it. */
	strayRequests: string[];
	/** What went wrong on the pages by their own account. */
	pageErrors: string[];
	/** Ends the browser and gives the addresses, other than loopback, it opened a connection to. */
	close(): Promise<string[]>;
}

const size = { width: 1440, height: 900 };

const local = (url: string) => {
	const { protocol, hostname } = new URL(url);
	return (
		['data:', 'blob:', 'about:', 'chrome:', 'devtools:'].includes(protocol) ||
		/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname)
	);
};

/** From Chromium's own log of its network: whom it opened a connection to or sent a datagram, beside loopback. */
function connections(netLog: string) {
	// One event a line; the log of a browser that was killed has no end, so it is not read as a whole.
	const lines = readFileSync(netLog, 'utf8')
		.split('\n')
		.map((line) => line.replace(/,?\r?$/, ''));
	const number = (name: string) => Number(new RegExp(`"${name}":(\\d+)`).exec(lines[0])?.[1]);
	const attempt = number('TCP_CONNECT_ATTEMPT');
	const udpConnect = number('UDP_CONNECT');
	const udpSent = number('UDP_BYTES_SENT');
	if (!attempt || !udpConnect || !udpSent)
		throw new Error('The browser keeps no log of its network');
	const found = new Set<string>();
	const udp = new Map<number, string>();
	for (const line of lines.slice(1)) {
		if (!line.startsWith('{"') || !line.includes(':{')) continue;
		let event: any;
		try {
			event = JSON.parse(line);
		} catch {
			continue;
		}
		const address = event.params?.address;
		if (event.type === attempt && address) found.add(address);
		// Connecting a datagram socket sends nothing: Chromium does it to learn which addresses it has.
		if (event.type === udpConnect && address) udp.set(event.source.id, address);
		if (event.type === udpSent) found.add(address ?? udp.get(event.source.id) ?? 'unknown');
	}
	if (found.size === 0) throw new Error("The log of the browser's network is empty");
	return [...found].filter((address) => !/^(127\.|\[::1\])/.test(address));
}

/**
 * Opens the editor; the owner is logged in.
 *
 * @param scale how many dots of a picture make one of the page
 * @param folder where pictures go
 * @param timeout in milliseconds, how long to wait for what the page shows
 */
export async function openBrowser(
	runtime: Runtime,
	n8n: N8n,
	{ scale = 1, folder: pictures = 'build/pictures', timeout = 90_000 } = {},
): Promise<Browser> {
	if (!runtime.browser) throw new Error('prepare({browser: true}) finds or installs the browser');
	selectors.setTestIdAttribute('data-test-id');
	const folder = mkdtempSync(join(tmpdir(), 'n8n-nodes-teamogy-browser-'));
	const netLog = join(folder, 'net-log.json');
	const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
		executablePath: runtime.browser,
		headless: true,
		viewport: size,
		deviceScaleFactor: scale,
		locale: 'en-US',
		timezoneId: 'UTC',
		reducedMotion: 'reduce',
		args: [
			'--no-sandbox',
			'--disable-gpu',
			'--disable-quic',
			'--no-first-run',
			'--disable-background-networking',
			'--disable-component-update',
			'--disable-sync',
			'--disable-domain-reliability',
			'--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1',
			`--log-net-log=${netLog}`,
		],
	});
	const end = async () => {
		await context.close();
		const contacted = connections(netLog);
		rmSync(folder, { recursive: true, force: true });
		return contacted;
	};
	let ending: Promise<string[]> | undefined;
	const close = async () => await (ending ??= end());
	try {
		const strayRequests: string[] = [];
		const pageErrors: string[] = [];
		await context.route(
			(url) => !local(url.href),
			async (route) => await route.abort('addressunreachable'),
		);
		context.on('request', (request) => {
			if (!local(request.url())) strayRequests.push(`${request.method()} ${request.url()}`);
		});
		// n8n shows forms without an origin of their own, and so without a storage.
		await context.addInitScript(
			`if (origin !== 'null') localStorage.setItem('n8n-browserId', ${JSON.stringify(n8n.browserId)})`,
		);
		await context.addCookies([{ ...n8n.session, url: n8n.url, httpOnly: true }]);
		const page = context.pages()[0] ?? (await context.newPage());
		page.setDefaultTimeout(timeout);
		page.on('pageerror', (error) => pageErrors.push(String(error)));
		page.on('websocket', (socket) => {
			if (!local(socket.url().replace(/^ws/, 'http'))) strayRequests.push(`WS ${socket.url()}`);
		});
		mkdirSync(pictures, { recursive: true });
		await page.goto(n8n.url, { waitUntil: 'domcontentloaded' });
		return {
			page,
			strayRequests,
			pageErrors,
			close,
			picture: async (name, clip) => {
				const path = resolve(pictures, `${name}.png`);
				await page.screenshot({ path, clip, animations: 'disabled' });
				return path;
			},
		};
	} catch (error) {
		await close();
		throw error;
	}
}
