// SPDX-License-Identifier: MIT

/* in-a-struct: 0 -EIO */
struct tour;
struct tour_ops {
	int (*room)(int a, struct tour *tour);
	int (*hall)(int a, struct tour *tour);
};

struct tour {
	const struct tour_ops *ops;
	int rooms;
};

static int io_room(int a, struct tour *tour)
{
	tour->rooms++;
	return a ? -EIO : 0;
}

static int busy_room(int a, struct tour *tour)
{
	return a ? -EBUSY : 0;
}

static int busy_hall(int a, struct tour *tour)
{
	return -EPERM;
}

static const struct tour_ops io_ops = { .room = io_room };
static const struct tour_ops busy_ops = { .room = busy_room, .hall = busy_hall };

static int visit(int a, struct tour *tour)
{
	return tour->ops->room(a, tour);
}

static int walk(const struct tour_ops *ops, int a)
{
	struct tour tour = {
		.ops = ops,
		.rooms = 0,
	};

	return visit(a, &tour);
}

int f(int a)
{
	return walk(&io_ops, a);
}

/* an-absent-slot: 0 -EIO */
struct tour;
struct tour_ops {
	int (*room)(int a, struct tour *tour);
	int (*hall)(int a, struct tour *tour);
};

struct tour {
	const struct tour_ops *ops;
};

static int io_room(int a, struct tour *tour)
{
	return a ? -EIO : 0;
}

static int busy_hall(int a, struct tour *tour)
{
	return -EBUSY;
}

static const struct tour_ops io_ops = { .room = io_room };
static const struct tour_ops busy_ops = { .hall = busy_hall };

static int inner(int a, struct tour *tour)
{
	const struct tour_ops *ops = tour->ops;

	if (ops->hall)
		return ops->hall(a, tour);
	if (ops->room)
		return ops->room(a, tour);
	return 0;
}

static int outer(int a, struct tour *tour)
{
	struct tour *same = tour;

	if (a > 3)
		return inner(a, same);
	return inner(a, tour);
}

static int walk(const struct tour_ops *ops, int a)
{
	struct tour tour;

	tour.ops = ops;
	return outer(a, &tour);
}

int f(int a)
{
	return walk(&io_ops, a);
}

/* one-of-two: -EBUSY -EIO */
struct tour_ops {
	int (*room)(int a);
};

struct tour {
	const struct tour_ops *ops;
};

static int io_room(int a)
{
	return -EIO;
}

static int busy_room(int a)
{
	return -EBUSY;
}

static int perm_room(int a)
{
	return -EPERM;
}

static const struct tour_ops io_ops = { .room = io_room };
static const struct tour_ops busy_ops = { .room = busy_room };
static const struct tour_ops perm_ops = { .room = perm_room };

static int visit(struct tour *tour)
{
	return tour->ops->room(1);
}

static int walk(const struct tour_ops *ops)
{
	struct tour tour = { .ops = ops };

	return visit(&tour);
}

int f(int a)
{
	const struct tour_ops *ops = a ? &io_ops : &busy_ops;

	return walk(ops);
}

/* one-or-the-other: -EBUSY -EIO */
struct tour_ops {
	int (*room)(int a);
};

struct tour {
	const struct tour_ops *ops;
};

static int io_room(int a)
{
	return -EIO;
}

static int busy_room(int a)
{
	return -EBUSY;
}

static int perm_room(int a)
{
	return -EPERM;
}

static const struct tour_ops io_ops = { .room = io_room };
static const struct tour_ops busy_ops = { .room = busy_room };
static const struct tour_ops perm_ops = { .room = perm_room };

static int visit(struct tour *tour)
{
	return tour->ops->room(1);
}

int f(int a)
{
	struct tour tour = { .ops = &io_ops };

	if (a)
		tour.ops = &busy_ops;
	return visit(&tour);
}

/* a-function-in-a-struct: -EIO */
struct tour {
	int (*room)(struct tour *tour, int a);
	int rooms;
};

static int io_room(struct tour *tour, int a)
{
	return -EIO;
}

static int busy_room(struct tour *tour, int a)
{
	return -EBUSY;
}

static int visit(struct tour *tour)
{
	tour->rooms = 3;
	return tour->room(tour, tour->rooms);
}

int g(void)
{
	struct tour tour = { .room = busy_room };

	return visit(&tour);
}

int f(void)
{
	struct tour tour = { .room = io_room };

	return visit(&tour);
}

/* set-by-a-callee: -EBUSY -EIO */
struct tour {
	int (*room)(struct tour *tour);
};

static int busy_room(struct tour *tour)
{
	return -EBUSY;
}

static int io_room(struct tour *tour)
{
	tour->room = busy_room;
	return -EIO;
}

static int visit(struct tour *tour)
{
	return tour->room(tour);
}

int f(void)
{
	struct tour tour = { .room = io_room };

	visit(&tour);
	return visit(&tour);
}

/* set-by-whom-a-callee-calls: -EBUSY -EIO */
struct tour {
	int (*room)(int a);
};

static int busy_room(int a)
{
	return -EBUSY;
}

static int io_room(int a)
{
	return -EIO;
}

static void change(void *data)
{
	struct tour *tour = data;

	tour->room = busy_room;
}

static void prepare(struct tour *tour)
{
	change(tour);
}

static int visit(struct tour *tour)
{
	return tour->room(1);
}

int f(void)
{
	struct tour tour = { .room = io_room };

	prepare(&tour);
	return visit(&tour);
}

/* set-as-a-whole: -EBUSY -EIO */
struct tour {
	int (*room)(int a);
};

static int busy_room(int a)
{
	return -EBUSY;
}

static int io_room(int a)
{
	return -EIO;
}

static struct tour other = { .room = busy_room };

static void change(struct tour *tour)
{
	*tour = other;
}

static int visit(struct tour *tour)
{
	return tour->room(1);
}

int f(void)
{
	struct tour tour = { .room = io_room };

	change(&tour);
	return visit(&tour);
}

/* kept-by-somebody: -EBUSY -EIO */
struct tour {
	int (*room)(int a);
};

static struct tour *last;

static int busy_room(int a)
{
	return -EBUSY;
}

static int io_room(int a)
{
	return -EIO;
}

static void keep(struct tour *tour)
{
	last = tour;
}

void change(void)
{
	last->room = busy_room;
}

static int visit(struct tour *tour)
{
	return tour->room(1);
}

int f(void)
{
	struct tour tour = { .room = io_room };

	keep(&tour);
	change();
	return visit(&tour);
}

/* the-address-of-a-member: -EIO unknown open */
struct tour {
	int (*room)(int a);
	int rooms;
};

static int busy_room(int a)
{
	return -EBUSY;
}

static int io_room(int a)
{
	return -EIO;
}

static void change(int *rooms)
{
	container_of(rooms, struct tour, rooms)->room = busy_room;
}

static int visit(struct tour *tour)
{
	return tour->room(1);
}

int f(void)
{
	struct tour tour = { .room = io_room };

	change(&tour.rooms);
	return visit(&tour);
}

/* set-by-a-macro: -EIO unknown open */
#define change(tour)	((tour)->room = busy_room)
struct tour {
	int (*room)(int a);
};

static int busy_room(int a)
{
	return -EBUSY;
}

static int io_room(int a)
{
	return -EIO;
}

static int visit(struct tour *tour)
{
	return tour->room(1);
}

int f(void)
{
	struct tour tour = { .room = io_room };

	change(&tour);
	return visit(&tour);
}

/* handed-to-a-callee-that-is-not-known: -EBUSY -EIO */
struct tour {
	int (*room)(int a);
};
void change(struct tour *tour);

static int busy_room(int a)
{
	return -EBUSY;
}

static int io_room(int a)
{
	return -EIO;
}

static int visit(struct tour *tour)
{
	return tour->room(1);
}

int g(void)
{
	struct tour tour = { .room = busy_room };

	return visit(&tour);
}

int f(void)
{
	struct tour tour = { .room = io_room };

	change(&tour);
	return visit(&tour);
}

/* a-static-struct: -EBUSY -EIO unknown open */
struct tour {
	int (*room)(int a);
};

static int busy_room(int a)
{
	return -EBUSY;
}

static int io_room(int a)
{
	return -EIO;
}

static int visit(struct tour *tour)
{
	return tour->room(1);
}

static int walk(int (*room)(int a), int a)
{
	static struct tour tour;

	if (!tour.room)
		tour.room = room;
	return visit(&tour);
}

int g(void)
{
	return walk(busy_room, 1);
}

int f(void)
{
	struct tour tour = { .room = io_room };
	struct tour last = { .room = busy_room };

	return walk(io_room, 1);
}

/* a-table-that-may-change: -EBUSY -EIO */
struct tour_ops {
	int (*room)(int a);
};

struct tour {
	const struct tour_ops *ops;
};

static int busy_room(int a)
{
	return -EBUSY;
}

static int io_room(int a)
{
	return -EIO;
}

static struct tour_ops ops = { .room = io_room };

void change(void)
{
	ops.room = busy_room;
}

static int visit(struct tour *tour)
{
	return tour->ops->room(1);
}

int f(void)
{
	struct tour tour = { .ops = &ops };

	return visit(&tour);
}

/* a-field-of-another-name-is-set: -EIO */
struct tour {
	int (*room)(int a);
	int (*hall)(int a);
};

static int busy_hall(int a)
{
	return -EBUSY;
}

static int io_room(int a)
{
	return -EIO;
}

static int visit(struct tour *tour)
{
	tour->hall = busy_hall;
	return tour->room(1);
}

int f(void)
{
	struct tour tour = { .room = io_room };

	return visit(&tour);
}

/* a-name-of-an-inner-block: -EBUSY -EIO */
struct tour {
	int (*room)(int a);
};

static int busy_room(int a)
{
	return -EBUSY;
}

static int io_room(int a)
{
	return -EIO;
}

static int visit(struct tour *tour)
{
	return tour->room(1);
}

int f(int a)
{
	struct tour tour = { .room = io_room };

	if (a) {
		struct tour tour = { .room = busy_room };

		return visit(&tour);
	}
	return visit(&tour);
}

/* a-variable-that-a-loop-macro-sets: -EBUSY -EIO */
struct tour_ops {
	int (*room)(int a);
	struct tour_ops *next;
};

#define for_each_ops(ops)	for (ops = first; ops; ops = ops->next)
struct tour_ops *first;

static int busy_room(int a)
{
	return -EBUSY;
}

static int io_room(int a)
{
	return -EIO;
}

static const struct tour_ops io_ops = { .room = io_room };
static const struct tour_ops busy_ops = { .room = busy_room };

static int visit(const struct tour_ops *ops)
{
	return ops->room(1);
}

int f(void)
{
	const struct tour_ops *ops = &io_ops;

	for_each_ops(ops)
		return visit(ops);
	return -EIO;
}

/* a-parameter-that-a-macro-sets: -EBUSY -EIO */
struct tour_ops {
	int (*room)(int a);
};

struct tour {
	const struct tour_ops *ops;
};

#define pick(ops)	((ops) = &busy_ops)

static int busy_room(int a)
{
	return -EBUSY;
}

static int io_room(int a)
{
	return -EIO;
}

static const struct tour_ops io_ops = { .room = io_room };
static const struct tour_ops busy_ops = { .room = busy_room };

static int visit(struct tour *tour)
{
	return tour->ops->room(1);
}

static int walk(const struct tour_ops *ops)
{
	struct tour tour;

	pick(ops);
	tour.ops = ops;
	return visit(&tour);
}

int f(void)
{
	return walk(&io_ops);
}

/* kept-after-a-macro-gave-it-back: -EBUSY -EIO */
struct tour {
	int (*room)(int a);
};

static struct tour *last;

static int busy_room(int a)
{
	return -EBUSY;
}

static int io_room(int a)
{
	return -EIO;
}

static void keep(struct tour *tour)
{
	last = READ_ONCE(tour);
}

void change(void)
{
	last->room = busy_room;
}

static int visit(struct tour *tour)
{
	return tour->room(1);
}

int f(void)
{
	struct tour tour = { .room = io_room };

	keep(&tour);
	change();
	return visit(&tour);
}

/* seen-as-its-first-member: -EBUSY -EIO */
struct tour {
	int (*room)(int a);
};

struct trip {
	struct tour tour;
	int days;
};

static int busy_room(int a)
{
	return -EBUSY;
}

static int io_room(int a)
{
	return -EIO;
}

static void change(void *data)
{
	struct tour *tour = data;

	tour->room = busy_room;
}

static int visit(struct trip *trip)
{
	return trip->tour.room(1);
}

int f(void)
{
	struct trip trip = { .tour.room = io_room };

	change(&trip);
	return visit(&trip);
}

/* data-of-no-type: -EIO */
struct trip {
	int (*room)(int a);
	int days;
};

static int busy_room(int a)
{
	return -EBUSY;
}

static int io_room(int a)
{
	return -EIO;
}

static struct trip other = { .room = busy_room };

static int visit(void *data)
{
	struct trip *trip = data;

	trip->days++;
	return trip->room(1);
}

static int each(int (*fn)(void *data), void *data)
{
	return fn(data);
}

int f(void)
{
	struct trip trip = { .room = io_room };

	return each(visit, &trip);
}
