import { Numbers, getSeries } from '../numbers.mts';
import type { StoredRecord } from '../types.mts';
import { DOCUMENTED_UNIT, makeDocumented } from './documented.mts';
import {
	isBookable,
	journalLines,
	makeBinders,
	makeDocuments,
	makeInternals,
} from './documents.mts';
import {
	makeAgencies,
	makeBrands,
	makeCompanies,
	makeGroups,
	makePersons,
	makeUsers,
	type Draft,
} from './people.mts';
import { idAt, seed } from './random.mts';
import {
	makeJobs,
	makeOpportunities,
	makeOverheads,
	makeTasks,
	makeTime,
	planHours,
	trackOverheads,
} from './work.mts';

/** All data of the agency, collection by collection, and the state of its number series. */
export interface Agency {
	collections: Record<string, StoredRecord[]>;
	numbers: Numbers;
}

const known = new Map<string, Agency>();

/** Studio Kolibřík as it is on a date: the same date and units always make the same data. */
export function makeAgency(now: Date, units: number[]): Agency {
	const key = `${now.toISOString()} ${units.join()}`;
	let agency = known.get(key);
	if (!agency) {
		agency = build(now, units);
		known.set(key, agency);
	}
	return { collections: { ...agency.collections }, numbers: agency.numbers.copy() };
}

function build(now: Date, units: number[]): Agency {
	seed(now);
	const [main, second] = units;
	const agencies = makeAgencies(units);
	const users = makeUsers(units);
	const companies = makeCompanies(now);
	const brands = makeBrands(companies);
	const persons = makePersons(companies);
	const cast = { now, users, companies, brands, persons };

	const binders = makeBinders(cast, main, 12);
	const jobs = makeJobs({ ...cast, binders }, main, 60, 5001);
	const tasks = makeTasks(jobs, now, 250, 60_001);
	const time = makeTime({ ...cast, jobs, tasks }, main, 350, 500_001);
	const documents = makeDocuments({ ...cast, jobs }, main, 1, binders);
	const opportunities = makeOpportunities(companies, users, main, now);
	const overheads = makeOverheads(companies, users, main);
	if (second !== undefined) {
		const moreJobs = makeJobs({ ...cast, binders: [] }, second, 8, jobs.at(-1)!.id + 1);
		const moreTasks = makeTasks(moreJobs, now, 24, tasks.at(-1)!.id + 1);
		const work = { ...cast, jobs: moreJobs, tasks: moreTasks };
		time.push(...makeTime(work, second, 14, time.at(-1)!.id + 1));
		documents.push(...makeDocuments(work, second, 0.1, [], documents.at(-1)!.id + 1));
		jobs.push(...moreJobs);
		tasks.push(...moreTasks);
	}
	planHours(jobs, time);
	trackOverheads(time, overheads, main);
	const internals = makeInternals({ ...cast, jobs }, units);
	const collections: Record<string, Draft[]> = {
		...{ agencies, users, groups: makeGroups(), companies, brands, persons, jobs, tasks, time },
		documents: [...binders, ...documents],
		...{ opportunities, overheads, internals, journal: makeJournal(documents) },
	};
	addDocumented(collections, units);
	return { collections, numbers: numberRecords(collections, now) };
}

function makeJournal(documents: Draft[]): Draft[] {
	return documents
		.filter(isBookable)
		.flatMap(journalLines)
		.map((line, index): Draft => ({ id: idAt(700_001, index), ...line }));
}

function addDocumented(collections: Record<string, Draft[]>, units: number[]): void {
	for (const [collection, records] of Object.entries(makeDocumented())) {
		if (collection === 'agencies' && units.includes(DOCUMENTED_UNIT)) continue;
		collections[collection].push(...records);
		collections[collection].sort((one, other) => one.id - other.id);
	}
}

/** Gives records their numbers and freezes them. Returns the state of the series. */
function numberRecords(collections: Record<string, Draft[]>, now: Date): Numbers {
	const numbers = new Numbers();
	for (const [collection, records] of Object.entries(collections)) {
		for (const record of records) {
			const series = getSeries(collection, record);
			if (series) record.number = numbers.next(series, getYear(record, now));
			Object.freeze(record);
		}
	}
	return numbers;
}

function getYear(record: Draft, now: Date): string {
	const properties = record.properties as Record<string, unknown>;
	const date = properties.createdOn ?? record.startOn ?? record.date ?? now.toISOString();
	return String(date).slice(0, 4);
}
