'use strict';
/**
 * Loaded with --require into every Node.js process of an n8n under test, task runners and npm stand-in included:
 * nothing but loopback can be reached, and whatever is tried leaves a line in the log (no log: no limits). The process
 * n8n was started as also ends, with all it started, when the pipe to its starter closes: a killed test leaves nothing
 * running.
 */
const { appendFileSync } = require('node:fs');
const net = require('node:net');
const dns = require('node:dns');
const dgram = require('node:dgram');
const { isMainThread } = require('node:worker_threads');

const loopback = (host) =>
	/^(localhost|([\w-]+\.)*localhost|127(\.\d{1,3}){3}|::1?|0\.0\.0\.0|::ffff:127(\.\d{1,3}){3})$/i.test(
		String(host ?? 'localhost').replace(/^\[|\]$/g, ''),
	);

const refusal = (syscall, host) =>
	Object.assign(new Error(`${syscall} ECONNREFUSED ${host}: only loopback can be reached here`), {
		code: 'ECONNREFUSED',
		errno: -111,
		syscall,
		address: host,
	});

function confine(logFile) {
	const note = (how, host, port) => {
		const entry = { time: Date.now(), pid: process.pid, script: process.argv[1], how, host, port };
		appendFileSync(logFile, JSON.stringify(entry) + '\n');
	};

	const connect = net.Socket.prototype.connect;
	net.Socket.prototype.connect = function (...args) {
		const [options] = Array.isArray(args[0]) ? args[0] : net._normalizeArgs(args);
		if (options.path || loopback(options.host)) return connect.apply(this, args);
		note('connect', options.host, Number(options.port));
		process.nextTick(() => this.destroy(refusal('connect', options.host)));
		return this;
	};

	for (const method of ['connect', 'send']) {
		const original = dgram.Socket.prototype[method];
		dgram.Socket.prototype[method] = function (...args) {
			const address = args.find((arg, i) => i > 0 && typeof arg === 'string');
			if (loopback(address)) return original.apply(this, args);
			note(`udp ${method}`, address);
			throw refusal(method, address);
		};
	}

	// Asking a name server is contacting somebody, too.
	const guardNames = (owner, promises) => {
		for (const method of Object.getOwnPropertyNames(owner)) {
			if (!/^(lookup|resolve|reverse)/.test(method) || typeof owner[method] !== 'function')
				continue;
			const original = owner[method];
			owner[method] = function (name, ...rest) {
				if (loopback(name) || (method === 'lookup' && net.isIP(name))) {
					return original.call(this, name, ...rest);
				}
				note(`dns ${method}`, name);
				const error = Object.assign(refusal(method, name), { code: 'ENOTFOUND', hostname: name });
				if (promises) return Promise.reject(error);
				process.nextTick(() => rest.at(-1)(error));
				return undefined;
			};
		}
	};
	guardNames(dns, false);
	guardNames(dns.promises, true);
	guardNames(dns.Resolver.prototype, false);
	guardNames(dns.promises.Resolver.prototype, true);
}

/** Ends this process and its group when the other end of the pipe is gone. */
function endWithStarter(fd) {
	const lifeline = new net.Socket({ fd });
	lifeline.on('close', () => process.kill(-process.pid, 'SIGKILL'));
	lifeline.on('error', () => {});
	lifeline.resume();
	lifeline.unref();
}

let loaded = false;

module.exports = function guard(logFile) {
	// A child may be told twice: by the wrapper that starts it and by NODE_OPTIONS.
	if (loaded) return;
	loaded = true;
	if (logFile) confine(logFile);
	if (isMainThread && process.env.N8N_TEST_LIFELINE) {
		endWithStarter(Number(process.env.N8N_TEST_LIFELINE));
		delete process.env.N8N_TEST_LIFELINE;
	}
};
