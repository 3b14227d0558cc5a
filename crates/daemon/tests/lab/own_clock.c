/* A system clock of its own for one program of a test: preloaded, it turns CLOCK_REALTIME into a software clock over
 * the kernel's, with an offset and an oscillator's error, that the program may step and steer while the machine's
 * clock is neither touched nor, for others, different. Kernel stamps are turned into it too. Everything else, what
 * the program waits for included, is the kernel's.
 *
 * OWN_CLOCK_OFFSET_NS   how far it is ahead when the program starts
 * OWN_CLOCK_PPB         how much faster its oscillator runs
 * OWN_CLOCK_PAGE        a file of 32 octets that says how to make its time of the kernel's, for who compares them
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>
#include <linux/errqueue.h>

#define SECOND 1000000000LL
/* As Linux has it: 500 ppm, in units of 2^-16 ppm. */
#define TOLERANCE (500L << 16)
#define TICK 10000L

/* From `since` of the kernel's clock on, ours showed `then` and gained `rate` per second. */
static long long since, then;
static double oscillator, rate;
static struct timex applied;

/* Odd while it is written. */
static volatile struct page {
	unsigned long long turn;
	long long since, then;
	double rate;
} *page, unseen;

static int (*kernel_gettime)(clockid_t, struct timespec *);
static int (*kernel_adjtime)(clockid_t, struct timex *);
static ssize_t (*kernel_recvmsg)(int, struct msghdr *, int);

static long long nanoseconds(const struct timespec *t)
{
	return t->tv_sec * SECOND + t->tv_nsec;
}

static struct timespec timespec(long long ns)
{
	return (struct timespec){ .tv_sec = ns / SECOND, .tv_nsec = ns % SECOND };
}

static long long kernel_now(void)
{
	struct timespec t;

	kernel_gettime(CLOCK_REALTIME, &t);
	return nanoseconds(&t);
}

static long long ours(long long kernel)
{
	return then + (kernel - since) + (long long)((kernel - since) * rate);
}

/* From now on at what is applied to the oscillator, `step` further. */
static void go_on(long long step)
{
	long long now = kernel_now();
	double ppm = applied.freq / 65536.0 + (applied.tick - TICK) * (1e6 / TICK);

	then = ours(now) + step;
	since = now;
	rate = (1 + oscillator) * (1 + ppm * 1e-6) - 1;
	page->turn++;
	__sync_synchronize();
	page->since = since;
	page->then = then;
	page->rate = rate;
	__sync_synchronize();
	page->turn++;
}

static void open_page(const char *path)
{
	int file = path ? open(path, O_RDWR | O_CREAT | O_TRUNC, 0644) : -1;

	page = &unseen;
	if (file < 0 || ftruncate(file, sizeof(*page)))
		return;
	page = mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	if (page == MAP_FAILED)
		page = &unseen;
	close(file);
}

__attribute__((constructor)) static void start(void)
{
	const char *offset = getenv("OWN_CLOCK_OFFSET_NS"), *ppb = getenv("OWN_CLOCK_PPB");

	kernel_gettime = dlsym(RTLD_NEXT, "clock_gettime");
	kernel_adjtime = dlsym(RTLD_NEXT, "clock_adjtime");
	kernel_recvmsg = dlsym(RTLD_NEXT, "recvmsg");
	open_page(getenv("OWN_CLOCK_PAGE"));
	applied.tick = TICK;
	applied.status = STA_UNSYNC;
	oscillator = ppb ? atof(ppb) * 1e-9 : 0;
	since = then = kernel_now();
	go_on(offset ? atoll(offset) : 0);
}

int clock_gettime(clockid_t clock, struct timespec *t)
{
	int result;

	if (!kernel_gettime)
		start();
	result = kernel_gettime(clock, t);
	if (!result && clock == CLOCK_REALTIME)
		*t = timespec(ours(nanoseconds(t)));
	return result;
}

int gettimeofday(struct timeval *restrict t, void *restrict zone)
{
	struct timespec now;

	(void)zone;
	clock_gettime(CLOCK_REALTIME, &now);
	*t = (struct timeval){ .tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000 };
	return 0;
}

time_t time(time_t *t)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	if (t)
		*t = now.tv_sec;
	return now.tv_sec;
}

int clock_settime(clockid_t clock, const struct timespec *t)
{
	if (clock != CLOCK_REALTIME) {
		errno = EPERM;
		return -1;
	}
	go_on(nanoseconds(t) - ours(kernel_now()));
	return 0;
}

int settimeofday(const struct timeval *t, const struct timezone *zone)
{
	struct timespec now = { .tv_sec = t->tv_sec, .tv_nsec = t->tv_usec * 1000 };

	(void)zone;
	return clock_settime(CLOCK_REALTIME, &now);
}

static void step(const struct timex *t)
{
	long long unit = t->modes & ADJ_NANO ? 1 : 1000;

	go_on(t->time.tv_sec * SECOND + t->time.tv_usec * unit);
}

int clock_adjtime(clockid_t clock, struct timex *t)
{
	struct timespec now;

	if (clock != CLOCK_REALTIME) {
		if (t->modes) {
			errno = EPERM;
			return -1;
		}
		return kernel_adjtime(clock, t);
	}
	if (t->modes & ADJ_FREQUENCY)
		applied.freq = t->freq < -TOLERANCE ? -TOLERANCE : t->freq > TOLERANCE ? TOLERANCE : t->freq;
	if (t->modes & ADJ_TICK)
		applied.tick = t->tick;
	if (t->modes & ADJ_STATUS)
		applied.status = t->status;
	if (t->modes & ADJ_TAI)
		applied.tai = t->constant;
	if (t->modes & (ADJ_FREQUENCY | ADJ_TICK))
		go_on(0);
	if (t->modes & ADJ_SETOFFSET)
		step(t);
	*t = applied;
	t->tolerance = TOLERANCE;
	clock_gettime(CLOCK_REALTIME, &now);
	t->time = (struct timeval){ .tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000 };
	return TIME_OK;
}

int adjtimex(struct timex *t)
{
	return clock_adjtime(CLOCK_REALTIME, t);
}

int ntp_adjtime(struct timex *t)
{
	return clock_adjtime(CLOCK_REALTIME, t);
}

int adjtime(const struct timeval *delta, struct timeval *old)
{
	(void)delta;
	(void)old;
	errno = EPERM;
	return -1;
}

static void turn(struct timespec *stamp)
{
	if (stamp->tv_sec || stamp->tv_nsec)
		*stamp = timespec(ours(nanoseconds(stamp)));
}

ssize_t recvmsg(int socket, struct msghdr *message, int flags)
{
	ssize_t result = kernel_recvmsg(socket, message, flags);
	struct cmsghdr *c;

	if (result < 0)
		return result;
	for (c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
		if (c->cmsg_level != SOL_SOCKET)
			continue;
		if (c->cmsg_type == SCM_TIMESTAMPING)
			turn(&((struct scm_timestamping *)CMSG_DATA(c))->ts[0]);
		else if (c->cmsg_type == SCM_TIMESTAMPNS)
			turn((struct timespec *)CMSG_DATA(c));
	}
	return result;
}
