import sumBy from 'lodash/sumBy.js';
import times from 'lodash/times.js';
import type { Draft } from './people.mts';
import { chance, day, idAt, int, isWeekend, pick, some } from './random.mts';

const JOBS = [
	'Vánoční kampaň',
	'Redesign webu',
	'TV spot "Zlatý" 30″',
	'Letáky A5 + A4',
	'50% sleva – bannery',
	'Naming & logo',
	'Sociální sítě #léto',
	'Výroční zpráva',
	'Obaly – řada „Polární“',
	"Packaging: children's edition",
	'Microsite / landing page',
	'Rádio: 3 × 20 s',
	'Katalog jaro',
	'Retainer',
	'Firemní večírek 🎉',
	'E-mailing Q4',
	'Billboardy D1',
];

const TASKS = [
	'Brief & zadání',
	'Strategie',
	'Koncept, 3 návrhy',
	'Texty',
	"Copy: client's corrections",
	'Layout',
	'Sazba',
	'Předtisková příprava',
	'Produkce',
	'Prezentace klientovi',
	'Kód + testy',
	'Střih & zvuk',
	'Reporting 100 %',
	'Fakturační podklady',
];

/** Jobs of a unit; their hour budgets follow once time is known. */
export function makeJobs(
	cast: { companies: Draft[]; brands: Draft[]; users: Draft[]; binders: Draft[]; now: Date },
	agencyId: number,
	count: number,
	start: number,
): Draft[] {
	const clients = cast.companies.filter((company) => company.isClient);
	const owners = cast.users.slice(0, 3);
	const team = cast.users.slice(2, 10).map((user) => user.id);
	const binders = cast.binders.filter((binder) => binder.agencyId === agencyId);
	return Array.from({ length: count }, (_, index) => {
		const company = clients[index % clients.length];
		const brands = cast.brands.filter((brand) => brand.companyId === company.id);
		const age = Math.round(350 - (index * 345) / count);
		const startOn = day(cast.now, -age);
		const closed = age > 200 || (age > 90 && chance(40));
		const binder = binders.find((entry) => entry.companyId === company.id);
		return {
			id: idAt(start, index),
			number: '',
			name: `${JOBS[index % JOBS.length]} ${startOn.slice(0, 4)}`,
			status: closed ? 'CLOSED' : age < 15 ? 'PREPARATION' : chance(8) ? 'ON-HOLD' : 'OPEN',
			statusDate: closed ? day(startOn, Math.min(age, int(40, 88))) : startOn,
			category: `CATEGORY.JOB-${pick(['CAMPAIGN', 'DESIGN', 'PRODUCTION', 'RETAINER'])}`,
			agencyId,
			companyId: company.id,
			brandId: brands.length ? pick(brands).id : null,
			binderId: binder?.id ?? null,
			ownerId: pick(owners).id,
			participantIds: some(team, 2, 4),
			startOn,
			dueOn: day(startOn, int(30, 120)),
			hoursBudget: null,
			priceBudget: int(4, 90) * 5000,
			currency: company.name === 'Über Möbel GmbH' ? 'EUR' : 'CZK',
			tags: chance(20) ? ['priorita'] : [],
			isDisabled: false,
			properties: {
				note: index === 7 ? 'Klient chce vidět:\n1) logo\n2) "claim"; 3) obě verze, CZ + EN' : null,
				poNumber: chance(50) ? `PO#${int(1000, 9999)}/26` : null,
				extStatus: null,
			},
		};
	});
}

/** About four tasks a job, some of them with a parent. */
export function makeTasks(jobs: Draft[], now: Date, count: number, start: number): Draft[] {
	const today = day(now);
	const tasks: Draft[] = [];
	for (let index = 0; index < count; index++) {
		const job = jobs[Math.floor((index * jobs.length) / count)];
		const team = job.participantIds as number[];
		const siblings = tasks.filter((task) => task.jobId === job.id && task.parentId === null);
		const startOn = day(String(job.startOn), siblings.length * 6);
		const dueOn = day(startOn, int(3, 15));
		const done = job.status === 'CLOSED' || dueOn < today;
		tasks.push({
			id: idAt(start, index),
			number: '',
			name: TASKS[index % TASKS.length],
			status: done && chance(92) ? 'DONE' : startOn > today ? 'WAITING' : 'PROCESSING',
			priority: pick(['LOW', 'NORMAL', 'NORMAL', 'HIGH']),
			agencyId: job.agencyId,
			jobId: job.id,
			parentId: siblings.length && chance(15) ? siblings[0].id : null,
			userId: chance(96) ? pick(team) : null,
			hoursPlanned: int(2, 60) / 2,
			startOn,
			dueOn,
			completedOn: null,
			isDisabled: false,
			error: null,
			properties: { note: null, extStatus: null },
		});
		const task = tasks[index];
		if (task.status === 'DONE') task.completedOn = dueOn < today ? dueOn : today;
	}
	if (tasks.length > 100) {
		// A customer's own column that is called "error": a value there is data, no failure.
		Object.assign(tasks[100], {
			name: 'Bug: logo mizí na str. 3',
			error: 'Logo missing on page 3',
		});
		Object.assign(tasks[20], {
			properties: { note: 'Line 1\nLine 2; "quoted", 50% + #hash & 😀', extStatus: null },
		});
	}
	return tasks;
}

const NOTES = [
	null,
	null,
	null,
	'Korektury',
	"Client's feedback",
	'Call + zápis',
	'Verze 2 – „finál“',
	'Úpravy, 3. kolo',
];

/** Attendances go back so far. */
const ATTENDANCE_DAYS = 90;

const NO_TIME = {
	jobId: null,
	taskId: null,
	overheadId: null,
	dateTo: null,
	timeFrom: null,
	timeTo: null,
	category: null,
	status: 'APPROVED',
	isBillable: null,
	note: null,
};

type Entry = Record<string, unknown>;

function makeAbsence(date: string, back: number): Entry & { dateTo: string } {
	const length = int(1, 5);
	const absences = ['HOLIDAY', 'HOLIDAY', 'SICK', 'HOME-OFFICE'];
	return {
		type: 'ABSENCE',
		dateTo: day(date, length - 1),
		category: `ABSENCE.${pick(absences)}`,
		status: back < 6 ? 'PROCESSING' : 'APPROVED',
		hours: length * 8,
	};
}

function makeTracks(user: Draft, jobs: Draft[], tasks: Draft[]): Array<Entry & { hours: number }> {
	const count = pick([0, 0, 1, 1, 1, 2]);
	return times(jobs.length ? count : 0, () => {
		const job = pick(jobs);
		const task = tasks.find(({ jobId, userId }) => jobId === job.id && userId === user.id);
		return {
			type: 'TRACK',
			jobId: job.id,
			taskId: task?.id ?? null,
			hours: int(1, 16) / 4,
			isBillable: chance(80),
			note: pick(NOTES),
		};
	});
}

function makeAttendance(hours: number): Entry {
	const length = Math.max(hours * 4, int(26, 36));
	const from = int(32, 38);
	return {
		type: 'ATTENDANCE',
		timeFrom: clock(from),
		timeTo: clock(from + length + 2),
		hours: length / 4,
		category: 'ATTENDANCE.OFFICE',
	};
}

/** Tracks, attendances and absences of the working days before today. */
export function makeTime(
	cast: { users: Draft[]; jobs: Draft[]; tasks: Draft[]; now: Date },
	agencyId: number,
	days: number,
	start: number,
): Draft[] {
	const team = cast.users.filter(
		(user) => !user.isDisabled && user.category !== 'Programmatic user',
	);
	const found: Entry[] = [];
	const awayUntil = new Map<number, string>();
	const properties = { source: 'APP', extStatus: null };
	for (let back = days; back >= 0; back--) {
		const date = day(cast.now, -back);
		if (isWeekend(date)) continue;
		const running = cast.jobs.filter(
			(job) =>
				String(job.startOn) <= date &&
				(job.status === 'CLOSED' ? date <= String(job.statusDate) : job.status !== 'ON-HOLD'),
		);
		for (const user of team) {
			if ((awayUntil.get(user.id) ?? '') >= date) continue;
			const add = (entry: Entry) =>
				found.push({ agencyId, ...NO_TIME, properties, userId: user.id, date, ...entry });
			if (int(1, 40) === 1) {
				const absence = makeAbsence(date, back);
				awayUntil.set(user.id, absence.dateTo);
				add(absence);
				continue;
			}
			const mine = running.filter((job) => (job.participantIds as number[]).includes(user.id));
			const tracks = makeTracks(user, mine, cast.tasks);
			tracks.forEach(add);
			if (back <= ATTENDANCE_DAYS) add(makeAttendance(sumBy(tracks, 'hours')));
		}
	}
	return found.map((entry, index) => ({ id: idAt(start, index), ...entry }));
}

/** Some of the tracked time goes to overheads instead: a time record belongs to a job, a task or an overhead (DOC). */
export function trackOverheads(time: Draft[], overheads: Draft[], agencyId: number): void {
	const tracks = time.filter((entry) => entry.type === 'TRACK' && entry.agencyId === agencyId);
	for (const [index, entry] of tracks.entries()) {
		if (index % 20 !== 7) continue;
		const overhead = overheads[((index - 7) / 20) % overheads.length];
		Object.assign(entry, { overheadId: overhead.id, jobId: null, taskId: null, isBillable: false });
	}
}

/** A time of day from quarters of an hour. */
function clock(quarters: number): string {
	return `${String(Math.floor(quarters / 4)).padStart(2, '0')}:${String((quarters % 4) * 15).padStart(2, '0')}`;
}

/** Hours somebody thought a job would take: most jobs keep to it. */
export function planHours(jobs: Draft[], time: Draft[]): void {
	const tracked = new Map<unknown, number>();
	for (const entry of time) {
		if (entry.type === 'TRACK') {
			tracked.set(entry.jobId, (tracked.get(entry.jobId) ?? 0) + Number(entry.hours));
		}
	}
	for (const job of jobs) {
		const hours = tracked.get(job.id) ?? int(10, 60);
		job.hoursBudget = Math.max(5, Math.round((hours * int(85, 260)) / 500) * 5);
	}
}

const PITCHES = [
	'Rebranding',
	'Výběrové řízení 2027',
	'Launch "Růžička 0,0 %"',
	'Retainer & sociální sítě',
	'E-shop',
	"Children's club",
];

/** Opportunities: what may become a job. */
export function makeOpportunities(
	companies: Draft[],
	users: Draft[],
	agencyId: number,
	now: Date,
): Draft[] {
	const candidates = companies.filter((company) => company.isClient || !company.isSupplier);
	return Array.from({ length: 30 }, (_, index) => {
		const status = pick(['LEAD', 'PITCH', 'NEGOTIATION', 'WON', 'LOST']);
		return {
			id: idAt(8001, index),
			number: '',
			name: `${PITCHES[index % PITCHES.length]} (${index + 1})`,
			status,
			statusDate: day(now, -int(0, 60)),
			agencyId,
			companyId: pick(candidates).id,
			ownerId: pick(users.slice(0, 3)).id,
			probability: { LEAD: 10, PITCH: 35, NEGOTIATION: 70, WON: 100, LOST: 0 }[status],
			price: int(5, 200) * 10_000,
			currency: 'CZK',
			expectedOn: day(now, int(-30, 180)),
			isDisabled: false,
			properties: { note: null, source: pick(['web', 'doporučení', 'tender', null]) },
		};
	});
}

const INTERNAL = [
	'Nájem & energie',
	'Software + licence',
	'Školení',
	'Marketing agentury',
	'Auto',
	'Provoz IT',
	'Tendry',
	'Dovolené',
];

/** Client overheads and internal ones. */
export function makeOverheads(companies: Draft[], users: Draft[], agencyId: number): Draft[] {
	const clients = companies.filter((company) => company.isClient).slice(0, 10);
	const entries = [
		...INTERNAL.map((name, index) => ({
			type: 'OVERHEAD.INTERNAL',
			name,
			code: `INT-${index + 1}`,
			companyId: null as number | null,
			category: 'CATEGORY.OVERHEAD-OPERATION',
		})),
		...clients.map((client, index) => ({
			type: 'OVERHEAD.CLIENT',
			name: `Péče o klienta: ${client.name}`,
			code: `CLI-${index + 1}`,
			companyId: client.id,
			category: 'CATEGORY.OVERHEAD-CLIENT',
		})),
	];
	return entries.map((entry, index) => ({
		id: idAt(6001, index),
		...entry,
		status: 'OPEN',
		agencyId,
		ownerId: pick(users.slice(0, 3)).id,
		budget: int(2, 60) * 10_000,
		currency: 'CZK',
		isDisabled: false,
		properties: { note: null },
	}));
}
