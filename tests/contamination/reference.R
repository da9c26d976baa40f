# Values of the R package multe (kolesarm/multe at f201a8d, R 4.2.2, nnet 7.3-18) that the tests hold against.
# python tests/contamination/star.py && Rscript tests/contamination/reference.R > tests/contamination/reference.csv
decomposition <- multe:::decomposition
d <- read.csv("star.csv", stringsAsFactors=TRUE)
d$school <- factor(d$schoolidk)
d$arm <- factor(d$stark, levels=c("regular", "regular+aide", "small"))
keep <- d$school %in% levels(d$school)[colSums(table(d$arm, d$school) == 0) == 0]
o <- droplevels(d[keep, ])

show <- function(case, r) {
    names <- c("PL", "OWN", "ATE", "EW", "CW")
    for (k in 1:2) for (e in 1:5) {
        a <- r$A[(k-1)*3 + 1:3, e]
        b <- r$B[(k-1)*2 + 1:2, e]
        cat(case, levels(d$arm)[k+1], names[e], format(c(a, b), digits=12, trim=TRUE), sep=",")
        cat("\n")
    }
}
cat("case,arm,estimator,estimate,std_error,oracle_std_error,bias,bias_std_error\n")
schools <- model.matrix(~ school + gender + lunchk, o)
show("robust", decomposition(o$score, o$arm, schools))
show("clustered", decomposition(o$score, o$arm, schools, wgt=o$w, cluster=o$school))
few <- model.matrix(~ gender * lunchk, d)
show("uniform", decomposition(d$score, d$arm, few, wgt=d$w, cw_uniform=TRUE))
