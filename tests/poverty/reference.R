# Values of R 4.2.2, laeken 0.5.2 and survey 4.1 (Debian) that the tests hold against.
# python tests/poverty/households.py && Rscript tests/poverty/reference.R > tests/poverty/reference.csv
suppressMessages({library(laeken); library(survey)})
d <- read.csv("households.csv")
d$x <- d$income / d$members
line <- 3000
short <- pmax((line - d$x) / line, 0)
d$headcount <- (d$x < line) + 0
d$gap <- short
d$severity <- short^2
d$watts <- ifelse(d$x < line, log(line / pmax(d$x, 0.1 * line)), 0)
d$persons <- d$weight * d$members
cat("count,index,estimate,std_error\n")
for (count in c("households", "persons")) {
    d$w <- if (count == "persons") d$persons else d$weight
    s <- svydesign(ids=~village, weights=~w, data=d)
    for (index in c("headcount", "gap", "severity", "watts")) {
        m <- svymean(as.formula(paste0("~", index)), s)
        cat(count, index, format(c(coef(m), SE(m)), digits=12, trim=TRUE), sep=","); cat("\n")
    }
    rate <- arpr("x", weights="w", threshold=line, data=d)$value / 100
    stopifnot(abs(rate - coef(svymean(~headcount, s))) < 1e-12)
    cat(count, "gini", format(gini("x", weights="w", data=d)$value / 100, digits=12), NA, sep=","); cat("\n")
}
